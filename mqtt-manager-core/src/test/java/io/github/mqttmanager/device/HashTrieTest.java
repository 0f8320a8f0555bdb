package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashTrieTest {
    @Test
    void itHoldsWhatAMapHolds() {
        Random random = new Random(7);
        List<String> keys =
                new ArrayList<>(List.of("", "a", "b", "é", "ÿ", "Ā", "日本", "日", "\uD83D\uDE00", "\uD800", "?"));
        IntStream.range(0, 3_000).forEach(i -> keys.add((i % 3 == 0 ? "gerät-" : i % 3 == 1 ? "装置-" : "device-") + i));
        Map<String, Integer> expected = new HashMap<>();
        HashTrie<Integer> trie = HashTrie.empty();
        for (int change = 0; change < 60_000; change++) {
            String key = keys.get(random.nextInt(keys.size()));
            // It grows, and shrinks to next to nothing, and grows again.
            if (random.nextInt(100) < (change / 15_000 % 2 == 0 ? 80 : 5)) {
                expected.put(key, change);
                trie = trie.with(key, change);
            } else {
                expected.remove(key);
                trie = trie.without(key);
            }
            if (change % 997 == 0) {
                Map<String, Integer> many = new HashMap<>();
                for (int i = random.nextInt(400); i >= 0; i--) {
                    many.put(keys.get(random.nextInt(keys.size())), -change - i);
                }
                trie = trie.withAll(many);
                expected.putAll(many);
            }
            assertThat(trie.get(key)).isEqualTo(expected.get(key));
            if (change % 5_000 == 4_999) {
                HashTrie<Integer> now = trie;
                assertThat(keys).allSatisfy(each -> assertThat(now.get(each)).isEqualTo(expected.get(each)));
                assertThat(trie.values().sorted().toList())
                        .isEqualTo(expected.values().stream().sorted().toList());
                assertThat(trie.isEmpty()).isEqualTo(expected.isEmpty());
            }
        }
        for (String key : keys) {
            trie = trie.without(key);
        }
        assertThat(trie.isEmpty()).isTrue();
        assertThat(trie).isSameAs(HashTrie.empty());
    }

    @Test
    void aChangeDoesNotChangeWhatWasBefore() {
        HashTrie<Integer> before = HashTrie.empty();
        for (int i = 0; i < 1_000; i++) {
            before = before.with("key-" + i, i);
        }
        HashTrie<Integer> after = before.with("key-1", -1)
                .with("more", 1)
                .without("key-2")
                .withAll(IntStream.range(3, 900).boxed().collect(Collectors.toMap(i -> "key-" + i, i -> -i)));
        assertThat(after.get("key-7")).isEqualTo(-7);
        assertThat(before.get("key-7")).isEqualTo(7);
        assertThat(HashTrie.<Integer>empty().withAll(Map.of())).isSameAs(HashTrie.empty());
        assertThat(before.get("key-1")).isEqualTo(1);
        assertThat(before.get("more")).isNull();
        assertThat(before.values().collect(Collectors.toSet())).hasSize(1_000);
        assertThat(after.get("key-1")).isEqualTo(-1);
        assertThat(after.get("key-2")).isNull();
        assertThat(after.without("nobody")).isSameAs(after);
    }

    @Test
    void aPartOfATextIsLookedUp() {
        HashTrie<Integer> few = HashTrie.<Integer>empty().with("b", 1).with("装置", 2);
        HashTrie<Integer> many = few;
        for (int i = 0; i < 100; i++) {
            many = many.with("other-" + i, -1);
        }
        for (HashTrie<Integer> trie : List.of(few, many)) {
            assertThat(trie.get("a/b/c", 2, 3)).isEqualTo(1);
            assertThat(trie.get("a/装置/c", 2, 4)).isEqualTo(2);
            assertThat(trie.get("a/b/c", 0, 1)).isNull();
            assertThat(trie.get("a/b/c", 2, 2)).isNull();
            assertThat(trie.list("a/b/c", 2, 3)).containsExactly(1);
            assertThat(trie.list("a/b/c", 2, 4)).isEmpty();
        }
    }
}
