package io.github.mqttmanager.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from strings: a trie over the bits of their hashes, 64 ways at each step, with a few entries side by side where it
 * ends. A change copies the few nodes on one path and shares all others with what was before, so look-ups need no lock. A key can be
 * looked up as a part of a longer string, without being cut out.
 *
 * <p>What a look-up costs is the memory that it has to wait for. With a million entries two steps find their node in a cache, and the third
 * leads to an array with the text of a few keys and to one of their values, which are fetched at the same time. No string is touched, nor
 * the value itself.
 */
final class HashTrie<V> {
    private static final int BITS = 6;
    private static final int WAYS = 1 << BITS;

    /** As many entries may stand side by side, where there are bits left that tell them apart. */
    private static final int CROWD = 8;

    /** Chosen anew in each process: nobody can prepare keys whose hashes are alike. */
    private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private static final VarHandle CHAR = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.nativeOrder());

    private static final HashTrie<?> EMPTY = new HashTrie<>(null, null);

    /**
     * Null where there is nothing. Else a branch, which is an {@code Object[]} that holds, by the next bits of the hash, what this and
     * {@link #values} are one step below. Else the keys of a leaf, as a {@code byte[]}: of each twice its number of characters, in an int,
     * and one more if they take two bytes each; then the characters.
     */
    private final @Nullable Object below;

    /** Those of a leaf, else null. */
    private final Object @Nullable [] values;

    private HashTrie(@Nullable Object below, Object @Nullable [] values) {
        this.below = below;
        this.values = values;
    }

    @SuppressWarnings("unchecked")
    static <V> HashTrie<V> empty() {
        return (HashTrie<V>) EMPTY;
    }

    boolean isEmpty() {
        return below == null;
    }

    @Nullable
    V get(String key) {
        return get(key, 0, key.length());
    }

    /** What the part of the text stands for. */
    @SuppressWarnings("unchecked")
    @Nullable
    V get(String text, int from, int to) {
        Object there = below;
        Object beside = values;
        if (there instanceof Object[]) {
            long hash = hash(text, from, to);
            for (int shift = 0; there instanceof Object[] branch; shift += BITS) {
                int at = way(hash, shift);
                there = branch[at];
                beside = branch[at + 1];
            }
        }
        if (there == null || beside == null) {
            return null;
        }
        Object[] all = (Object[]) beside;
        int at = find((byte[]) there, all.length, text, from, to);
        return at < 0 ? null : (V) all[at];
    }

    /** The same, as a list of one or none; the value itself is not touched. */
    List<V> list(String text, int from, int to) {
        V value = get(text, from, to);
        return value == null ? List.of() : List.of(value);
    }

    HashTrie<V> with(String key, V value) {
        Object[] node = {below, values};
        put(node, 0, key, value, hash(key, 0, key.length()), 0);
        return new HashTrie<>(node[0], (Object[]) node[1]);
    }

    /** Changes a node that nobody else has seen. */
    private static void put(@Nullable Object[] node, int at, String key, Object value, long hash, int shift) {
        if (node[at] instanceof Object[] branch) {
            Object[] copy = branch.clone();
            put(copy, way(hash, shift), key, value, hash, shift + BITS);
            node[at] = copy;
            return;
        }
        byte[] keys = node[at] == null ? new byte[0] : (byte[]) node[at];
        Object[] values = values(node, at);
        int known = find(keys, values.length, key, 0, key.length());
        if (known >= 0) {
            Object[] copy = values.clone();
            copy[known] = value;
            node[at + 1] = copy;
        } else if (values.length < CROWD || shift >= Long.SIZE) {
            node[at] = joined(keys, bytes(key));
            Object[] more = Arrays.copyOf(values, values.length + 1);
            more[values.length] = value;
            node[at + 1] = more;
        } else {
            Object[] branch = new Object[2 * WAYS];
            putApart(branch, keys, values, shift);
            put(branch, way(hash, shift), key, value, hash, shift + BITS);
            node[at] = branch;
            node[at + 1] = null;
        }
    }

    /** The entries of a leaf, one step further down. */
    private static void putApart(@Nullable Object[] branch, byte[] keys, Object[] values, int shift) {
        String[] all = keys(keys, values.length);
        for (int i = 0; i < all.length; i++) {
            long hash = hash(all[i], 0, all[i].length());
            put(branch, way(hash, shift), all[i], values[i], hash, shift + BITS);
        }
    }

    /** The same with these, too: of all that changes each node is copied once. */
    HashTrie<V> withAll(Map<String, V> entries) {
        Batch batch = new Batch(entries);
        Object[] node = {below, values};
        batch.put(node, 0, 0, entries.size(), 0);
        return node[0] == null ? empty() : new HashTrie<>(node[0], (Object[]) node[1]);
    }

    /** Many entries on their way down. */
    private static final class Batch {
        private final String[] keys;
        private final Object[] values;
        private final long[] hashes;

        /** Which of them are below the node that is looked at: from one place to another. */
        private int[] order;

        private int[] sorted;

        Batch(Map<String, ?> entries) {
            keys = entries.keySet().toArray(new String[0]);
            values = entries.values().toArray();
            hashes = new long[keys.length];
            order = new int[keys.length];
            sorted = new int[keys.length];
            for (int i = 0; i < keys.length; i++) {
                hashes[i] = hash(keys[i], 0, keys[i].length());
                order[i] = i;
            }
        }

        /** Changes a node that nobody else has seen. */
        void put(@Nullable Object[] node, int at, int from, int to, int shift) {
            if (to - from < 2 || shift >= Long.SIZE) {
                putEach(node, at, from, to, shift);
            } else if (node[at] instanceof Object[] branch) {
                node[at] = spread(branch.clone(), from, to, shift);
            } else if (values(node, at).length + to - from <= CROWD) {
                putEach(node, at, from, to, shift);
            } else {
                Object[] branch = new Object[2 * WAYS];
                if (node[at] != null) {
                    putApart(branch, (byte[]) node[at], values(node, at), shift);
                }
                node[at] = spread(branch, from, to, shift);
                node[at + 1] = null;
            }
        }

        private void putEach(@Nullable Object[] node, int at, int from, int to, int shift) {
            for (int i = from; i < to; i++) {
                int entry = order[i];
                HashTrie.put(node, at, keys[entry], values[entry], hashes[entry], shift);
            }
        }

        private Object[] spread(Object[] branch, int from, int to, int shift) {
            int[] ends = new int[WAYS + 1];
            for (int i = from; i < to; i++) {
                ends[way(hashes[order[i]], shift) / 2 + 1]++;
            }
            ends[0] = from;
            for (int way = 0; way < WAYS; way++) {
                ends[way + 1] += ends[way];
            }
            int[] next = ends.clone();
            for (int i = from; i < to; i++) {
                sorted[next[way(hashes[order[i]], shift) / 2]++] = order[i];
            }
            System.arraycopy(sorted, from, order, from, to - from);
            for (int way = 0; way < WAYS; way++) {
                if (ends[way] < ends[way + 1]) {
                    put(branch, 2 * way, ends[way], ends[way + 1], shift + BITS);
                }
            }
            return branch;
        }
    }

    HashTrie<V> without(String key) {
        Object[] node = {below, values};
        if (!remove(node, 0, key, hash(key, 0, key.length()), 0)) {
            return this;
        }
        return node[0] == null ? empty() : new HashTrie<>(node[0], (Object[]) node[1]);
    }

    /** Changes a node that nobody else has seen. @return whether the key was there */
    private static boolean remove(@Nullable Object[] node, int at, String key, long hash, int shift) {
        if (node[at] instanceof Object[] branch) {
            Object[] copy = branch.clone();
            if (!remove(copy, way(hash, shift), key, hash, shift + BITS)) {
                return false;
            }
            node[at] = copy;
            gather(node, at, copy);
            return true;
        }
        if (node[at] == null) {
            return false;
        }
        byte[] keys = (byte[]) node[at];
        Object[] values = values(node, at);
        int known = find(keys, values.length, key, 0, key.length());
        if (known < 0) {
            return false;
        }
        node[at] = null;
        node[at + 1] = null;
        String[] all = keys(keys, values.length);
        for (int i = 0; i < all.length; i++) {
            if (i != known) {
                put(node, at, all[i], values[i], 0, Long.SIZE);
            }
        }
        return true;
    }

    private static Object[] values(@Nullable Object[] node, int at) {
        Object values = node[at + 1];
        return values == null ? new Object[0] : (Object[]) values;
    }

    /** All that is below side by side, if that is less than half of what may be: or one that comes and goes would change it each time. */
    private static void gather(@Nullable Object[] node, int at, Object[] branch) {
        int entries = 0;
        for (int i = 0; i < branch.length; i += 2) {
            entries += branch[i] == null ? 0 : branch[i + 1] == null ? CROWD : ((Object[]) branch[i + 1]).length;
            if (entries > CROWD / 2) {
                return;
            }
        }
        node[at] = null;
        for (int i = 0; i < branch.length; i += 2) {
            if (branch[i] != null) {
                Object[] values = (Object[]) branch[i + 1];
                String[] keys = keys((byte[]) branch[i], values.length);
                for (int j = 0; j < keys.length; j++) {
                    put(node, at, keys[j], values[j], 0, Long.SIZE);
                }
            }
        }
    }

    /** All values, in no order. */
    Stream<V> values() {
        return values(below, values);
    }

    @SuppressWarnings("unchecked")
    private static <V> Stream<V> values(@Nullable Object below, @Nullable Object values) {
        if (below instanceof Object[] branch) {
            return IntStream.range(0, WAYS).boxed().flatMap(way -> values(branch[2 * way], branch[2 * way + 1]));
        }
        return values == null ? Stream.empty() : Arrays.stream((V[]) values);
    }

    /** Where in a branch. */
    private static int way(long hash, int shift) {
        return 2 * ((int) (hash >>> shift) & (WAYS - 1));
    }

    private static long hash(String text, int from, int to) {
        long hash = MULTIPLIER;
        for (int i = from; i < to; i++) {
            hash = (Long.rotateLeft(hash, 5) ^ text.charAt(i)) * MULTIPLIER;
        }
        return hash ^ (hash >>> 32);
    }

    // ---- keys
    // ------------------------------------------------------------------------------------------------------------------

    /** @return which of so many keys it is, or -1 */
    private static int find(byte[] keys, int count, String text, int from, int to) {
        int length = to - from;
        int at = 0;
        for (int i = 0; i < count; i++) {
            int head = (int) INT.get(keys, at);
            at += Integer.BYTES;
            if (head >>> 1 == length && isAt(keys, at, (head & 1) == 1, text, from, length)) {
                return i;
            }
            at += head >>> 1 << (head & 1);
        }
        return -1;
    }

    /** From the end, where names differ. */
    private static boolean isAt(byte[] keys, int at, boolean wide, String text, int from, int length) {
        for (int i = length - 1; i >= 0; i--) {
            if (character(keys, at, wide, i) != text.charAt(from + i)) {
                return false;
            }
        }
        return true;
    }

    private static char character(byte[] keys, int at, boolean wide, int index) {
        return wide ? (char) CHAR.get(keys, at + 2 * index) : (char) (keys[at + index] & 0xFF);
    }

    private static byte[] bytes(String key) {
        boolean wide = isWide(key);
        byte[] bytes = new byte[Integer.BYTES + key.length() * (wide ? 2 : 1)];
        INT.set(bytes, 0, key.length() << 1 | (wide ? 1 : 0));
        for (int i = 0; i < key.length(); i++) {
            if (wide) {
                CHAR.set(bytes, Integer.BYTES + 2 * i, key.charAt(i));
            } else {
                bytes[Integer.BYTES + i] = (byte) key.charAt(i);
            }
        }
        return bytes;
    }

    private static boolean isWide(String key) {
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) > 0xFF) {
                return true;
            }
        }
        return false;
    }

    private static byte[] joined(byte[] keys, byte[] key) {
        byte[] both = Arrays.copyOf(keys, keys.length + key.length);
        System.arraycopy(key, 0, both, keys.length, key.length);
        return both;
    }

    private static String[] keys(byte[] bytes, int count) {
        String[] keys = new String[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            int head = (int) INT.get(bytes, at);
            at += Integer.BYTES;
            char[] characters = new char[head >>> 1];
            for (int j = 0; j < characters.length; j++) {
                characters[j] = character(bytes, at, (head & 1) == 1, j);
            }
            keys[i] = new String(characters);
            at += characters.length << (head & 1);
        }
        return keys;
    }
}
