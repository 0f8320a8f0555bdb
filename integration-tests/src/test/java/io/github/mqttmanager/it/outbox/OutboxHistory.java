package io.github.mqttmanager.it.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.it.recording.LoggedPacket;
import io.github.mqttmanager.it.recording.RecordingBroker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What the broker accepted, beside what the host committed. */
record OutboxHistory(int messages, int duplicates) {
    /** Checks that every command of a committed transaction arrived, none of any other, and in the order of each device. */
    static OutboxHistory check(RecordingBroker broker, Map<Long, Integer> committed) {
        List<LoggedPacket> accepted;
        try (Stream<LoggedPacket> packets = broker.packets()) {
            accepted = packets.filter(LoggedPacket::isAccepted).toList();
        }
        Set<String> arrived = new HashSet<>();
        Map<String, long[]> last = new HashMap<>();
        for (LoggedPacket packet : accepted) {
            if (!arrived.add(packet.message())) {
                continue;
            }
            String[] parts = packet.message().split("-");
            long[] now = {Long.parseLong(parts[0]), Long.parseLong(parts[1])};
            assertThat(committed)
                    .as("the transaction of the message " + packet.message())
                    .containsKey(now[0]);
            long[] before = last.put(packet.topic(), now);
            if (before != null) {
                assertThat(before[0] < now[0] || (before[0] == now[0] && before[1] < now[1]))
                        .as("%s after %d-%d at %s", packet.message(), before[0], before[1], packet.topic())
                        .isTrue();
            }
        }
        Set<String> expected = new HashSet<>();
        committed.forEach((number, size) -> {
            for (int i = 0; i < size; i++) {
                expected.add(number + "-" + i);
            }
        });
        expected.removeAll(arrived);
        assertThat(expected).as("committed and never sent").isEmpty();
        return new OutboxHistory(arrived.size(), accepted.size() - arrived.size());
    }
}
