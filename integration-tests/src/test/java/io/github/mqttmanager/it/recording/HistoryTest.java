package io.github.mqttmanager.it.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.it.recording.HostLog.Event;
import io.github.mqttmanager.it.recording.LoggedPacket.Way;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker finds what is wrong in histories that are wrong. */
class HistoryTest {
    private static LoggedPacket accepted(String id) {
        return LoggedPacket.of(Way.TO_BROKER, 1, "c", "PUBLISH")
                .about(1, "t", id)
                .flag('a', true);
    }

    private static LoggedPacket preload(String id) {
        return LoggedPacket.of(Way.NONE, 0, "c", "PRELOAD").about(1, "t", id);
    }

    private static LoggedPacket acknowledged(String id) {
        return LoggedPacket.of(Way.TO_BROKER, 1, "c", "PUBACK").about(1, "t", id);
    }

    @Test
    void outboundMessagesThatAreLostUnansweredRepeatedOrTurnedRoundAreFound() {
        History history = new History()
                .broker(Stream.of(accepted("d-1"), accepted("d-3"), accepted("d-2"), accepted("d-1"), accepted("e-1")));
        for (String id : new String[] {"d-1", "d-2", "d-3", "d-4", "d-5", "d-6"}) {
            history.add(Event.ACCEPTED, id);
        }
        history.add(Event.RECEIPT, "d-1");
        history.add(Event.RECEIPT, "d-2");
        history.add(Event.RECEIPT, "d-3");
        history.add(Event.RECEIPT, "d-4");
        history.add(Event.FAILED, "d-5");
        history.add(Event.ROLLED_BACK, "e-1");

        assertThat(history.lostOutbound()).containsExactly("d-4");
        assertThat(history.unanswered()).containsExactly("d-6");
        assertThat(history.duplicatesOutbound()).isEqualTo(1);
        assertThat(history.inversionsOutbound()).containsExactly("d-2");
        assertThat(history.stored(Event.ROLLED_BACK)).containsExactly("e-1");
        assertThat(history.notStored(Event.ACCEPTED)).containsExactlyInAnyOrder("d-4", "d-5", "d-6");
    }

    @Test
    void inboundMessagesThatAreLostOrAcknowledgedTooEarlyAreFound(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("host.log");
        try (HostLog log = HostLog.open(file)) {
            log.write(Event.STARTED, "");
            log.write(Event.ENTERED, "d-1");
            log.commit("d-1");
            log.write(Event.LEFT, "d-1");
            log.write(Event.ENTERED, "d-2");
            log.write(Event.STARTED, "");
            log.write(Event.ENTERED, "d-1");
            log.commit("d-1");
            log.write(Event.LEFT, "d-1");
            log.write(Event.STARTED, "");
        }
        Files.writeString(file, "COMMI", StandardOpenOption.APPEND);
        History history = new History()
                .broker(Stream.of(
                        preload("d-1"), preload("d-2"), preload("d-3"), acknowledged("d-1"), acknowledged("d-2")))
                .host(HostLog.read(file));

        assertThat(history.acknowledgedNotCommitted()).containsExactly("d-2");
        assertThat(history.lostInbound()).containsExactlyInAnyOrder("d-2", "d-3");
        assertThat(history.duplicatesInbound()).isEqualTo(1);
        assertThat(history.inversionsInbound()).isEmpty();
        assertThat(history.killedInHandlers()).isEqualTo(1);
    }

    @Test
    void aLineTellsAllOfAPacket() {
        LoggedPacket packet = LoggedPacket.of(Way.TO_BROKER, 7, "cli\tent", "PUBLISH")
                .id(3)
                .number(30)
                .code(16)
                .flag('a', true)
                .about(2, "a/b", "d-1 back\\slash\n\ttab\r");
        assertThat(LoggedPacket.parse(packet.line().stripTrailing())).isEqualTo(packet);
        assertThat(packet.line()).doesNotContain("\r").endsWith("\n").hasLineCount(1);
    }
}
