package io.github.mqttmanager.example.server.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadReadingsTest {
    private static PayloadReadings read(String payload) {
        return PayloadReadings.of(ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void zigbee2mqtt() {
        PayloadReadings readings = read("""
                {"battery":100,"humidity":45.32,"linkquality":138,"occupancy":false,"power_on_behavior":"previous",
                 "pressure":1013.2,"temperature":22.41,"voltage":3025,"state":"ON","color":{"x":0.461,"y":0.4074},
                 "update":{"installed_version":16777241,"latest_version":16777241,"state":"idle"},"last_seen":null}
                """);
        assertThat(readings.omitted()).isNull();
        assertThat(readings.values())
                .containsEntry("battery", 100.0)
                .containsEntry("occupancy", 0.0)
                .containsEntry("state", 1.0)
                .containsEntry("color.x", 0.461)
                .containsEntry("update.installed_version", 16777241.0)
                .containsEntry("temperature", 22.41)
                .doesNotContainKeys("power_on_behavior", "last_seen", "update.state")
                .hasSize(12);
    }

    @Test
    void tasmota() {
        PayloadReadings readings = read("""
                {"Time":"2026-11-23T10:15:30","ENERGY":{"TotalStartTime":"2026-01-01T00:00:00","Total":1.234,"Yesterday":0.5,
                 "Power":12,"Factor":0.61,"Voltage":231,"Current":0.085},"AM2301":{"Temperature":21.5,"Humidity":48.1},
                 "TempUnit":"C","POWER1":"OFF"}
                """);
        assertThat(readings.values())
                .containsEntry("ENERGY.Power", 12.0)
                .containsEntry("AM2301.Temperature", 21.5)
                .containsEntry("POWER1", 0.0)
                .hasSize(9);
    }

    @Test
    void shelly() {
        PayloadReadings readings = read("""
                {"relays":[{"ison":true,"has_timer":false,"overpower":false}],
                 "emeters":[{"power":12.5,"pf":0.98,"is_valid":true},{"power":0.0,"pf":0.0,"is_valid":true}],
                 "tmp":{"tC":41.2,"is_valid":true},"uptime":86400,"mac":"AABBCC"}
                """);
        assertThat(readings.values())
                .containsEntry("relays.0.ison", 1.0)
                .containsEntry("emeters.0.power", 12.5)
                .containsEntry("emeters.1.power", 0.0)
                .containsEntry("tmp.tC", 41.2)
                .containsEntry("uptime", 86400.0)
                .hasSize(12);
    }

    @ParameterizedTest
    @CsvSource({
        "21.5, 21.5",
        "-3, -3",
        "' 7 ', 7",
        "1e3, 1000",
        "+4, 4",
        ".5, 0.5",
        "5., 5",
        "ON, 1",
        "off, 0",
        "true, 1",
        "false, 0",
        "007, 7",
        "'\"ON\"', 1"
    })
    void plain(String payload, double value) {
        assertThat(read(payload)).isEqualTo(new PayloadReadings(Map.of("value", value), null));
    }

    @Test
    void byteOrderMark() {
        assertThat(read("\uFEFF{\"a\":1}").values()).containsEntry("a", 1.0);
        assertThat(read("\uFEFF21").values()).containsEntry("value", 21.0);
    }

    @Test
    void arraysAtTheTop() {
        assertThat(read("[1, [2, 3], {\"a\": 4}, \"x\", 5]").values())
                .containsExactly(
                        Map.entry("0", 1.0),
                        Map.entry("1.0", 2.0),
                        Map.entry("1.1", 3.0),
                        Map.entry("2.a", 4.0),
                        Map.entry("4", 5.0));
    }

    @Test
    void theLastOfTwoWithTheSameNameCounts() {
        assertThat(read("{\"a\":1,\"a\":2}").values()).containsExactly(Map.entry("a", 2.0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "\uFEFF",
                "hello",
                "NaN",
                "Infinity",
                "21,5",
                "21.5 C",
                "{",
                "{\"a\":}",
                "{\"a\":1",
                "{\"a\":1}}",
                "{\"a\":NaN}",
                "[1",
                "{}",
                "[]",
                "\"text\"",
                "{\"a\":\"x\"}",
                "null",
                "{\"a\":null}",
                "1e999",
                "{\"a\":1e999}",
                "<xml>5</xml>",
                "\u0000"
            })
    void nothingToRead(String payload) {
        PayloadReadings readings = read(payload);
        assertThat(readings.values()).isEmpty();
        assertThat(readings.omitted()).isNotBlank();
    }

    @Test
    void whatIsNoText() {
        PayloadReadings readings = PayloadReadings.of(ByteBuffer.wrap(new byte[] {'2', (byte) 0xC3, (byte) 0x28}));
        assertThat(readings.omitted()).isEqualTo("the payload is no UTF-8 text");
    }

    @Test
    void bounds() {
        StringBuilder many = new StringBuilder("{");
        for (int i = 0; i < 150; i++) {
            many.append(i == 0 ? "" : ",").append("\"n").append(i).append("\":").append(i);
        }
        PayloadReadings readings = read(many.append("}").toString());
        assertThat(readings.values()).hasSize(100).containsEntry("n99", 99.0);
        assertThat(readings.omitted()).contains("more than 100");

        String name = "x".repeat(129);
        PayloadReadings longName = read("{\"" + name + "\":1,\"ok\":2}");
        assertThat(longName.values()).containsOnlyKeys("ok");
        assertThat(longName.omitted()).contains("128");

        assertThat(read("[".repeat(10_000) + "1" + "]".repeat(10_000)).omitted())
                .contains("nested");
        assertThat(read("{\"a\":".repeat(40) + "1" + "}".repeat(40)).omitted()).contains("nested");
        assertThat(read("{\"a\":" + "9".repeat(5000) + "}").omitted()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u0000b", "\\u0007", "tab\\t", "\\ud800"})
    void aNameThatIsNoTextIsLeftOut(String name) {
        PayloadReadings readings = read("{\"" + name + "\":1,\"ok\":2}");
        assertThat(readings.values()).containsOnlyKeys("ok");
        assertThat(readings.omitted()).isEqualTo("a name has characters that are no text");
    }

    @Test
    void nothingEverThrows() {
        Random random = new Random(7);
        String alphabet = "{}[]\",:0123456789.eE+-truefalsnONF \\u\u0000\uFEFFä";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(30);
            for (int j = 0; j < length; j++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            PayloadReadings readings = read(text.toString());
            assertThat(readings.values().isEmpty() && readings.omitted() == null)
                    .isFalse();
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            PayloadReadings.of(ByteBuffer.wrap(bytes));
        }
    }

    @Test
    void samplesArePrintable() {
        byte[] payload = ("a\n\u202Eb" + "x".repeat(500)).getBytes(StandardCharsets.UTF_8);
        String sample = UnreadablePayloads.sample(ByteBuffer.wrap(payload));
        assertThat(sample).startsWith("a\\u000a\\u202eb").hasSize(200).doesNotContain("\n");
        assertThat(UnreadablePayloads.sample(ByteBuffer.wrap(new byte[] {(byte) 0xFF})))
                .isEqualTo("\uFFFD");
    }
}
