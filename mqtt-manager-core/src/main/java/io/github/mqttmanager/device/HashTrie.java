package io.github.mqttmanager.device;

import java.security.SecureRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from strings: a trie over the bits of their hashes, 64 ways at each step. A change copies the few nodes on one path
 * and shares all others with what was before, so look-ups need no lock. A key can be looked up as a part of a longer string, without
 * being cut out. With a million entries a look-up takes four steps, and an entry about 22 bytes beside its key and value.
 */
final class HashTrie<V> {
    private static final int BITS = 6;

    /** Chosen anew in each process: nobody can prepare keys whose hashes are alike. */
    private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;

    private static final HashTrie<?> EMPTY = new HashTrie<>(0, 0, new Object[0]);

    /** Bit i tells whether way i leads to an entry. */
    private final long entries;

    /** Bit i tells whether way i leads to a trie. Where hashes are used up, neither has a bit and all entries are looked at. */
    private final long tries;

    /** The key and the value of each entry, then the tries; both in the order of their ways. */
    private final Object[] content;

    private HashTrie(long entries, long tries, Object[] content) {
        this.entries = entries;
        this.tries = tries;
        this.content = content;
    }

    @SuppressWarnings("unchecked")
    static <V> HashTrie<V> empty() {
        return (HashTrie<V>) EMPTY;
    }

    boolean isEmpty() {
        return content.length == 0;
    }

    @Nullable
    V get(String key) {
        return get(key, 0, key.length());
    }

    /** What the part of the text stands for. */
    @Nullable
    V get(String text, int from, int to) {
        if (isEmpty()) {
            return null;
        }
        long hash = hash(text, from, to);
        HashTrie<V> node = this;
        for (int shift = 0; shift < Long.SIZE; shift += BITS) {
            long way = 1L << (hash >>> shift);
            if ((node.entries & way) != 0) {
                int at = node.entry(way);
                return node.hasKey(at, text, from, to) ? node.value(at) : null;
            }
            if ((node.tries & way) == 0) {
                return null;
            }
            node = node.trie(node.below(way));
        }
        for (int at = 0; at < node.content.length; at += 2) {
            if (node.hasKey(at, text, from, to)) {
                return node.value(at);
            }
        }
        return null;
    }

    HashTrie<V> with(String key, V value) {
        return with(key, value, hash(key, 0, key.length()), 0);
    }

    private HashTrie<V> with(String key, V value, long hash, int shift) {
        if (shift >= Long.SIZE) {
            int at = 0;
            while (at < content.length && !content[at].equals(key)) {
                at += 2;
            }
            return new HashTrie<>(0, 0, spliced(at, at < content.length ? 2 : 0, key, value));
        }
        long way = 1L << (hash >>> shift);
        int at = entry(way);
        if ((entries & way) != 0) {
            String other = (String) content[at];
            if (other.equals(key)) {
                return new HashTrie<>(entries, tries, spliced(at, 2, key, value));
            }
            HashTrie<V> both = HashTrie.<V>empty()
                    .with(other, value(at), hash(other, 0, other.length()), shift + BITS)
                    .with(key, value, hash, shift + BITS);
            HashTrie<V> less = new HashTrie<>(entries & ~way, tries, spliced(at, 2));
            return new HashTrie<>(less.entries, tries | way, less.spliced(less.below(way), 0, both));
        }
        if ((tries & way) != 0) {
            int below = below(way);
            return new HashTrie<>(entries, tries, spliced(below, 1, trie(below).with(key, value, hash, shift + BITS)));
        }
        return new HashTrie<>(entries | way, tries, spliced(at, 0, key, value));
    }

    HashTrie<V> without(String key) {
        return without(key, hash(key, 0, key.length()), 0);
    }

    private HashTrie<V> without(String key, long hash, int shift) {
        if (shift >= Long.SIZE) {
            for (int at = 0; at < content.length; at += 2) {
                if (content[at].equals(key)) {
                    return new HashTrie<>(0, 0, spliced(at, 2));
                }
            }
            return this;
        }
        long way = 1L << (hash >>> shift);
        int at = entry(way);
        if ((entries & way) != 0) {
            if (!content[at].equals(key)) {
                return this;
            }
            return content.length == 2 ? empty() : new HashTrie<>(entries & ~way, tries, spliced(at, 2));
        }
        if ((tries & way) == 0) {
            return this;
        }
        int below = below(way);
        HashTrie<V> before = trie(below);
        HashTrie<V> after = before.without(key, hash, shift + BITS);
        if (after == before) {
            return this;
        }
        if (after.content.length == 2 && after.tries == 0) {
            // One is left: its place is here.
            HashTrie<V> less = new HashTrie<>(entries, tries & ~way, spliced(below, 1));
            return new HashTrie<>(entries | way, less.tries, less.spliced(at, 0, after.content[0], after.content[1]));
        }
        return new HashTrie<>(entries, tries, spliced(below, 1, after));
    }

    /** All values, in no order. */
    Stream<V> values() {
        int own = content.length - Long.bitCount(tries);
        Stream<V> here = IntStream.range(0, own / 2).mapToObj(i -> value(2 * i));
        return tries == 0
                ? here
                : Stream.concat(
                        here,
                        IntStream.range(own, content.length)
                                .mapToObj(this::trie)
                                .flatMap(HashTrie::values));
    }

    private int entry(long way) {
        return 2 * Long.bitCount(entries & (way - 1));
    }

    private int below(long way) {
        return content.length - Long.bitCount(tries & -way);
    }

    @SuppressWarnings("unchecked")
    private HashTrie<V> trie(int at) {
        return (HashTrie<V>) content[at];
    }

    @SuppressWarnings("unchecked")
    private V value(int at) {
        return (V) content[at + 1];
    }

    private boolean hasKey(int at, String text, int from, int to) {
        String key = (String) content[at];
        return key.length() == to - from && text.startsWith(key, from);
    }

    /** A copy of the content in which so many elements were replaced by these. */
    private Object[] spliced(int at, int less, Object... more) {
        Object[] copy = new Object[content.length - less + more.length];
        System.arraycopy(content, 0, copy, 0, at);
        System.arraycopy(more, 0, copy, at, more.length);
        System.arraycopy(content, at + less, copy, at + more.length, content.length - at - less);
        return copy;
    }

    private static long hash(String text, int from, int to) {
        long hash = MULTIPLIER;
        for (int i = from; i < to; i++) {
            hash = (Long.rotateLeft(hash, 5) ^ text.charAt(i)) * MULTIPLIER;
        }
        return hash ^ (hash >>> 32);
    }
}
