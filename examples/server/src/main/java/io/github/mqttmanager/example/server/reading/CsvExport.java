package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.web.ProblemException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the readings of a device as CSV (RFC 4180), a line for each number, newest first. They are read a page at a time by their place in the
 * index: memory does not grow with their number, and the database's connection is given back while the client is slow or gone. This class
 * is thread-safe.
 */
@Component
public class CsvExport {
    private static final int PAGE = 1_000;
    private static final Duration BUSY = Duration.ofSeconds(10);
    private static final String HEAD = "time,device_id,device_name,metric,value\r\n";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final TypeReference<Map<String, Number>> VALUES = new TypeReference<>() {};

    private final SensorData sensorData;
    private final JsonMapper json;
    private final int most;
    private final Duration longest;
    private final Set<Long> busy = new HashSet<>();

    CsvExport(SensorData sensorData, JsonMapper json, ServerProperties properties) {
        this.sensorData = sensorData;
        this.json = json;
        this.most = properties.limits().exports();
        this.longest = properties.limits().exportTime();
    }

    /** The export of a user, until it is closed. */
    public final class Turn implements AutoCloseable {
        private final long userId;
        private final long deadline = System.nanoTime() + longest.toNanos();

        private Turn(long userId) {
            this.userId = userId;
        }

        /**
         * Writes the readings in the time from (inclusive) to (exclusive).
         *
         * @param metrics the numbers wanted, all if empty
         * @throws IOException if the client is gone, or it takes too long: then the file must not look complete
         */
        public void write(Device device, Instant from, Instant to, Set<String> metrics, OutputStream out)
                throws IOException {
            String of = "," + field(device.topicName()) + "," + field(device.name()) + ",";
            Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
            writer.write(HEAD);
            SensorData.Place place = SensorData.Place.at(to);
            List<SensorData.Stored> page;
            do {
                if (System.nanoTime() > deadline) {
                    throw new IOException("an export took longer than " + longest);
                }
                page = sensorData.before(device.id(), from, place, PAGE);
                for (SensorData.Stored stored : page) {
                    String begin = TIME.format(stored.place().at()) + of;
                    for (Map.Entry<String, Number> value :
                            json.readValue(stored.values(), VALUES).entrySet()) {
                        if (metrics.isEmpty() || metrics.contains(value.getKey())) {
                            writer.write(begin);
                            writer.write(field(value.getKey()));
                            writer.write("," + value.getValue() + "\r\n");
                        }
                    }
                    place = stored.place();
                }
            } while (page.size() == PAGE);
            writer.flush();
        }

        @Override
        public void close() {
            synchronized (busy) {
                busy.remove(userId);
            }
        }
    }

    /** @throws ProblemException if the user has an export already, or there are too many */
    public Turn turn(long userId) {
        synchronized (busy) {
            if (busy.size() >= most || !busy.add(userId)) {
                throw ProblemException.tooManyAttempts(BUSY);
            }
        }
        return new Turn(userId);
    }

    /** Text such as a spreadsheet takes for a formula gets an apostrophe in front; what would break the line is quoted. */
    static String field(String text) {
        String harmless = !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        boolean quoted = harmless.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
        return quoted ? "\"" + harmless.replace("\"", "\"\"") + "\"" : harmless;
    }
}
