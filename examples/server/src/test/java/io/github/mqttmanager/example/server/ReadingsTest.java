package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What becomes of readings: summed up over spans of time, as a file, stored once, and not stored when there are too many. */
class ReadingsTest extends ServerTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String DAY = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";

    private Somebody somebody;
    private long broker;
    private long device;

    @BeforeEach
    void aDevice() {
        somebody = newUser();
        broker = createBroker(somebody.api(), passiveBroker("Readings"));
        device = createDevice(somebody.api(), broker, "sensor:1");
    }

    @AfterEach
    void nothingIsLeft() {
        somebody.api()
                .delete("/api/mqtt-brokers/brokers/" + broker + "?devices=delete")
                .is(204);
    }

    private String path(String rest) {
        return "/api/mqtt-brokers/devices/" + device + rest;
    }

    private JsonNode buckets(String query) {
        return somebody.api().get(path("/readings/buckets?" + query)).is(200).json();
    }

    private void store(Instant at, String json) {
        store(at, List.of(json));
    }

    /** As the application does, one a second. */
    private void store(Instant from, List<String> jsons) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < jsons.size(); i++) {
            String json = jsons.get(i);
            boolean isLong = json.length() > 2000;
            rows.add(new Object[] {
                somebody.id(),
                Long.toString(device),
                "sensor:1",
                OffsetDateTime.ofInstant(from.plusSeconds(i), ZoneOffset.UTC),
                isLong ? null : json,
                isLong ? json : null
            });
        }
        context.getBean(JdbcTemplate.class)
                .batchUpdate(
                        "insert into sensor_data (user_id, device_table_id, device_id, measured_at, readings, long_readings)"
                                + " values (?, ?, ?, ?, ?, ?)",
                        rows);
    }

    @Test
    void readingsAreSummedUpOverSpansOfTime() {
        store(NOON, json("{'t':1,'p':5}"));
        store(NOON.plusSeconds(59), json("{'t':4}"));
        store(NOON.plusSeconds(60), json("{'t':-2.5,'other':1}"));
        store(NOON.plusSeconds(86_400), json("{'t':1000}"));
        JsonNode found = buckets("from=2026-03-01T12:00:00Z&to=2026-03-01T13:00:00Z&width=60&metric=t&metric=p");
        assertThat(found.toString())
                .isEqualTo(json(
                        "[{'at':'2026-03-01T12:01:00.000Z','seconds':60,'values':{'t':{'min':-2.5,'avg':-2.5,'max':-2.5,'count':1}}},"
                                + "{'at':'2026-03-01T12:00:00.000Z','seconds':60,'values':{'t':{'min':1.0,'avg':2.5,'max':4.0,'count':2},"
                                + "'p':{'min':5.0,'avg':5.0,'max':5.0,'count':1}}}]"));
        assertThat(buckets("from=2026-03-01T12:00:00Z&to=2026-03-01T13:00:00Z")
                        .get(0)
                        .path("values")
                        .propertyNames())
                .as("without a choice, what the newest readings have")
                .containsExactly("t", "other");
    }

    /** Whatever the range, and whatever the zone of who asks. */
    @Test
    void bucketsBeginAtWholeMultiplesOfTheirWidthSince1970() {
        store(NOON.plusSeconds(100), json("{'t':1}"));
        JsonNode bucket = buckets("from=2026-03-01T13:01:40%2B01:00&to=2026-03-01T12:30:00Z&width=420&metric=t")
                .get(0);
        Instant at = Instant.parse(bucket.path("at").stringValue());
        assertThat(at.getEpochSecond() % 420).isZero();
        assertThat(at).isBeforeOrEqualTo(NOON.plusSeconds(100)).isAfter(NOON.minusSeconds(320));
    }

    @Test
    void theWidthFollowsFromTheNumberOfPoints() {
        store(NOON, json("{'t':1}"));
        assertThat(buckets(DAY).get(0).path("seconds").intValue()).isEqualTo(300);
        assertThat(buckets(DAY + "&points=24").get(0).path("seconds").intValue())
                .isEqualTo(3600);
        assertThat(buckets(DAY + "&points=1").get(0).path("seconds").intValue()).isEqualTo(86_400);
        assertThat(buckets("from=2026-01-01T00:00:00Z&to=2026-04-01T00:00:00Z&points=10")
                        .get(0)
                        .path("seconds")
                        .intValue())
                .isEqualTo(9 * 86_400);
    }

    @Test
    void namesAreTakenAsTheyAre() {
        List<String> names = List.of("ENERGY.Power", "a\"b", "it's", "ü ✓", "$.x", "?", ":n", "a,b");
        names.forEach(name -> store(NOON, Api.JSON.writeValueAsString(Map.of(name, 7))));
        StreamSupport.stream(buckets(DAY).get(0).path("values").properties().spliterator(), false)
                .forEach(value -> assertThat(value.getValue().path("max").intValue())
                        .as(value.getKey())
                        .isEqualTo(7));
        assertThat(buckets(DAY).get(0).path("values").size()).isEqualTo(names.size());
    }

    @Test
    void aReadingThatIsTooLongForTheIndexCounts() {
        store(NOON, json("{'t':3,'%s':2}".formatted("z".repeat(2_500))));
        JsonNode bucket = buckets(DAY + "&metric=t").get(0);
        assertThat(bucket.path("values").path("t").path("max").intValue()).isEqualTo(3);
        JsonNode reading = somebody.api().get(path("/readings")).is(200).json().get(0);
        assertThat(reading.path("values").path("t").intValue()).isEqualTo(3);
    }

    @Test
    void bucketsThatNobodyCanWantAreRefused() {
        store(NOON, json("{'t':1}"));
        String buckets = path("/readings/buckets?");
        Api api = somebody.api();
        api.get(buckets + DAY + "&metric=pressure").refuses("metric");
        api.get(buckets + DAY + "&metric=" + "x".repeat(129)).refuses("metric");
        api.get(buckets + DAY + "&metric=1&metric=2&metric=3&metric=4&metric=5&metric=6&metric=7&metric=8&metric=9"
                        + "&metric=10&metric=11")
                .refuses("metric");
        api.get(buckets + DAY + "&width=0").refuses("width");
        api.get(buckets + DAY + "&width=1").refuses("width");
        api.get(buckets + DAY + "&width=1.5").refuses("width");
        api.get(buckets + DAY + "&points=2001").refuses("points");
        api.get(buckets + DAY + "&width=60&points=10").refuses("points");
        api.get(buckets + "from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z").refuses("from");
        api.get(buckets + "from=2024-03-02T00:00:00Z&to=2026-03-02T00:00:00Z").refuses("from");
        api.get(buckets + "from=yesterday").refuses("from");
        assertThat(buckets("from=2020-03-01T00:00:00Z&to=2020-03-02T00:00:00Z&metric=pressure")
                        .isEmpty())
                .as("nothing came then, so nothing is wrong with the name")
                .isTrue();
    }

    @Test
    void theFileHoldsEveryNumberOfTheRange() {
        somebody.api()
                .put(path(""), json("{'device_name':'=1+1, a \\'b\\''}").replace("\\\"", "\\\""))
                .is(200);
        store(NOON, json("{'t':-1.5,'-x':2}"));
        store(NOON.plusSeconds(1), json("{'t':3,'a,b':4,'+y':5,'@z':6,'\\u0009q':7}"));
        store(NOON.plusSeconds(86_400), json("{'t':1000}"));
        Api.Answer answer = somebody.api().get(path("/readings.csv?" + DAY)).is(200);
        assertThat(answer.header("content-type")).hasValue("text/csv;charset=UTF-8");
        assertThat(answer.header("content-disposition")).hasValue("attachment; filename=\"readings-sensor_1.csv\"");
        assertThat(answer.header("cache-control")).hasValue("no-store");
        assertThat(answer.header("x-content-type-options")).hasValue("nosniff");
        String of = ",sensor:1,\"'=1+1, a \"\"b\"\"\",";
        assertThat(answer.body().split("\r\n", -1))
                .containsExactly(
                        "time,device_id,device_name,metric,value",
                        "2026-03-01T12:00:01.000Z" + of + "t,3",
                        "2026-03-01T12:00:01.000Z" + of + "\"a,b\",4",
                        "2026-03-01T12:00:01.000Z" + of + "'+y,5",
                        "2026-03-01T12:00:01.000Z" + of + "'@z,6",
                        "2026-03-01T12:00:01.000Z" + of + "'\tq,7",
                        "2026-03-01T12:00:00.000Z" + of + "t,-1.5",
                        "2026-03-01T12:00:00.000Z" + of + "'-x,2",
                        "");
        assertThat(somebody.api()
                        .get(path("/readings.csv?" + DAY + "&metric=a%2Cb"))
                        .is(200)
                        .body()
                        .lines())
                .hasSize(2)
                .last()
                .asString()
                .endsWith("\"a,b\",4");
        somebody.api().get(path("/readings.csv?from=yesterday")).refuses("from");
    }

    /** Rows of the same moment lie on both sides of the end of a page. */
    @Test
    void noNumberIsLostBetweenPages() {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            many.add(json("{'n':" + i + "}"));
        }
        store(NOON, many.subList(0, 700));
        for (int i = 700; i < 1_500; i += 100) {
            // a hundred at each of eight moments
            for (int j = 0; j < 100; j++) {
                store(NOON.plusSeconds(i), many.get(i + j));
            }
        }
        assertThat(somebody.api()
                        .get(path("/readings.csv?" + DAY))
                        .is(200)
                        .body()
                        .lines()
                        .skip(1)
                        .map(line -> line.substring(line.lastIndexOf(',') + 1))
                        .map(Integer::valueOf))
                .hasSize(1_500)
                .doesNotHaveDuplicates();
    }

    /** More than fits into the buffers between the server and a client that reads nothing. */
    private void aLargeFile() {
        List<String> many = new ArrayList<>();
        String wide = "\"" + "m".repeat(100);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder row = new StringBuilder("{\"n\":" + i);
            for (int j = 0; j < 60; j++) {
                row.append(',').append(wide).append(j).append("\":1");
            }
            many.add(row.append('}').toString());
        }
        store(NOON, many);
    }

    private Socket download() throws IOException {
        Socket socket = new Socket("127.0.0.1", port());
        socket.setReceiveBufferSize(4_096);
        socket.getOutputStream()
                .write(("GET " + path("/readings.csv") + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                + somebody.api().token() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }

    @Test
    void aUserHasOneExportAtATimeUntilItIsReadOrGivenUp() throws Exception {
        aLargeFile();
        try (Socket first = download()) {
            Api.Answer second = somebody.api().get(path("/readings.csv")).isProblem(429, "TOO_MANY_ATTEMPTS");
            assertThat(second.header("retry-after")).isPresent();
            first.setSoLinger(true, 0);
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> somebody.api()
                                .get(path("/readings.csv?" + DAY + "&metric=n"))
                                .status()
                        == 200);
    }

    @Test
    void aFileThatIsNotCompleteIsBrokenOff() {
        aLargeFile();
        store(NOON.minusSeconds(1), "no JSON");
        assertThatThrownBy(() -> somebody.api().get(path("/readings.csv?" + DAY)))
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(somebody.api()
                        .get(path("/readings.csv?from=2026-03-01T12:00:00Z&metric=n"))
                        .is(200)
                        .body()
                        .lines())
                .as("the turn was given back")
                .hasSize(2_001);
    }

    private TestDevice online(String deviceId) {
        long house = createDemoBroker(somebody.api());
        device = createDevice(somebody.api(), house, deviceId);
        await().atMost(Duration.ofSeconds(30)).until(() -> ContractTest.subscribed(somebody.api(), house));
        return TestDevice.connect(demoBrokerPort(), "user", "pass");
    }

    @Test
    void aMessageWithAnIdIsStoredOnce() {
        String id = "once-" + somebody.id();
        try (TestDevice mqtt = online(id)) {
            String topic = "devices/" + id + "/telemetry";
            mqtt.publishWithId(topic, "1", "first");
            mqtt.publishWithId(topic, "1", "first");
            await().atMost(Duration.ofSeconds(30)).until(() -> stored() >= 1);
            // now it is in the table, and not only on its way there
            mqtt.publishWithId(topic, "1", "first");
            mqtt.publishWithId(topic, "2", "second");
            mqtt.publish(topic, "3");
            mqtt.publish(topic, "3");
            await().atMost(Duration.ofSeconds(30)).until(() -> stored() >= 4);
        }
        assertThat(context.getBean(JdbcClient.class)
                        .sql("select readings from sensor_data where device_table_id = ? order by id")
                        .param(Long.toString(device))
                        .query(String.class)
                        .list())
                .containsExactly("{\"value\":1}", "{\"value\":2}", "{\"value\":3}", "{\"value\":3}");
    }

    /** A hundred numbers with the longest names, which no index holds, however it presses them. */
    @Test
    void theLargestReadingIsStored() {
        String id = "large-" + somebody.id();
        Random random = new Random(5);
        StringBuilder payload = new StringBuilder("{");
        for (int i = 0; i < 100; i++) {
            payload.append(i == 0 ? "\"" : ",\"").append(i);
            random.ints(120, 'a', 'z' + 1).forEach(payload::appendCodePoint);
            payload.append("\":").append(i);
        }
        try (TestDevice mqtt = online(id)) {
            mqtt.publish("devices/" + id + "/telemetry", payload.append('}').toString());
            await().atMost(Duration.ofSeconds(30)).until(() -> stored() == 1);
        }
        assertThat(somebody.api()
                        .get(path("/readings"))
                        .json()
                        .get(0)
                        .path("values")
                        .size())
                .isEqualTo(100);
    }

    private long stored() {
        return context.getBean(JdbcClient.class)
                .sql("select count(*) from sensor_data where device_table_id = ?")
                .param(Long.toString(device))
                .query(Long.class)
                .single();
    }

    private JsonNode statistics() {
        return somebody.api().get("/api/mqtt-brokers/statistics").is(200).json();
    }

    /** The limit of this server is 400 at once and 20 a second. */
    @Test
    void messagesAboveTheLimitAreCountedAndTheOthersGoOn() {
        JsonNode limits = statistics().path("limits");
        assertThat(limits.path("messages_per_second").intValue()).isEqualTo(20);
        assertThat(limits.path("brokers").intValue()).isEqualTo(12);
        assertThat(limits.path("devices").intValue()).isEqualTo(12);
        assertThat(limits.path("streams").intValue()).isEqualTo(3);
        assertThat(limits.path("readings").intValue()).isEqualTo(2000);
        assertThat(limits.path("readings_days").intValue()).isEqualTo(30);
        assertThat(statistics().path("refused_total").intValue()).isZero();
        assertThat(statistics().path("last_refused_at").isNull()).isTrue();
        String id = "flood-" + somebody.id();
        int sent = 0;
        try (TestDevice mqtt = online(id)) {
            String topic = "devices/" + id + "/telemetry";
            do {
                for (int i = 0; i < 150; i++, sent++) {
                    mqtt.publish(topic, String.valueOf(sent));
                }
                int published = sent;
                // every one was acknowledged, and is in exactly one place
                await().atMost(Duration.ofSeconds(30))
                        .until(() ->
                                stored() + statistics().path("refused_total").longValue() == published);
            } while (statistics().path("refused_total").longValue() == 0 && sent < 6_000);
            assertThat(statistics().path("refused_total").longValue()).isPositive();
            assertThat(statistics().path("last_refused_at").isString()).isTrue();
            long before = stored();
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                mqtt.publish(topic, "-1");
                return stored() > before;
            });
        }
        Somebody other = newUser();
        assertThat(other.api()
                        .get("/api/mqtt-brokers/statistics")
                        .json()
                        .path("refused_total")
                        .intValue())
                .isZero();
    }
}
