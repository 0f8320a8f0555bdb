package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.InboundPublish;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** What could not be read, by device, since the application started. This class is thread-safe. */
@Component
public class UnreadablePayloads {
    private static final int SAMPLE = 200;

    /** What could not be read of one device. */
    @Schema(name = "Unreadable")
    public record Unreadable(long count, Instant lastAt, String lastTopic, String lastReason, String lastSample) {}

    private record Entry(Device device, Unreadable unreadable) {}

    private final Map<DeviceId, Entry> entries = new ConcurrentHashMap<>();

    /** @return how many there are of the device now */
    long count(Device device, InboundPublish publish, String reason) {
        Entry entry = entries.compute(device.id(), (id, before) -> {
            long count = before == null ? 1 : before.unreadable().count() + 1;
            return new Entry(
                    device,
                    new Unreadable(
                            count,
                            publish.receivedAt(),
                            printable(publish.topic().value()),
                            reason,
                            sample(publish.payload())));
        });
        return entry.unreadable().count();
    }

    public Optional<Unreadable> of(DeviceId device) {
        return Optional.ofNullable(entries.get(device)).map(Entry::unreadable);
    }

    /** How many there are of all devices of the owner. */
    public long total(String owner) {
        return entries.values().stream()
                .filter(entry -> owner.equals(entry.device().owner()))
                .mapToLong(entry -> entry.unreadable().count())
                .sum();
    }

    public void forget(DeviceId device) {
        entries.remove(device);
    }

    public void forget(BrokerId broker) {
        entries.values().removeIf(entry -> entry.device().broker().equals(broker));
    }

    /** The beginning of the payload; what cannot be printed is escaped. */
    static String sample(ByteBuffer payload) {
        ByteBuffer beginning = payload.duplicate();
        // A character has up to four bytes; one cut in half at the end is shown as a replacement character.
        beginning.limit(Math.min(beginning.limit(), beginning.position() + SAMPLE * 4));
        return printable(StandardCharsets.UTF_8.decode(beginning).toString());
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().takeWhile(c -> shown.length() < SAMPLE).forEach(c -> {
            int type = Character.getType(c);
            boolean hidden = Character.isISOControl(c)
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.UNASSIGNED
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR;
            if (hidden) {
                shown.append("\\u%04x".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.length() <= SAMPLE ? shown.toString() : shown.substring(0, SAMPLE);
    }
}
