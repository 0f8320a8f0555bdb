package io.github.mqttmanager.jpa;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Parts of long lists, so that neither statements nor transactions become too long. */
final class Chunks {
    static final int SIZE = 500;

    private Chunks() {}

    static <T> List<List<T>> of(Collection<T> all) {
        return of(all, SIZE);
    }

    static <T> List<List<T>> of(Collection<T> all, int size) {
        List<T> list = List.copyOf(all);
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < list.size(); from += size) {
            chunks.add(list.subList(from, Math.min(from + size, list.size())));
        }
        return chunks;
    }
}
