package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.test.SampleDefinitions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody who can write to the database moves encrypted secrets to other places by SQL, or alters them. */
class SecretPlacesTest {
    private static final String CANARY = "cAnAry-9d31";

    private final SampleDefinitions samples = new SampleDefinitions(6);
    private final TestDatabase database = Databases.H2_IN_MEMORY.open();
    private final JpaBrokerRepository repository = new JpaBrokerRepository(database.session(), TestKeys.cipher());
    private final Map<String, BrokerDefinition> stored = new LinkedHashMap<>();

    /** Where a sealed value stands. */
    private record Place(String broker, String column, String header) {
        @Override
        public String toString() {
            return broker + "." + column + (header == null ? "" : "." + header);
        }
    }

    @BeforeEach
    void store() {
        for (String[] broker : new String[][] {{"one", "ann"}, {"two", "ann"}, {"three", "bob"}, {"four", null}}) {
            stored.put(
                    broker[0],
                    repository.save(BrokerDefinition.builder(broker[0], "host", 1)
                            .owner(broker[1])
                            .credentials("user", CANARY + "-password")
                            .proxy(new ProxySettings(
                                    ProxySettings.Type.HTTP,
                                    Endpoint.of("proxy", 1),
                                    Credentials.of("user", CANARY + "-proxy")))
                            .webSocket(new WebSocketSettings("/", Map.of("X-A", CANARY + "-a", "X-B", CANARY + "-b")))
                            .tls(TlsSettings.SYSTEM.withClientCertificate(
                                    new TlsSettings.ClientCertificate(samples.certificate(), samples.privateKey())))
                            .build()));
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aSecretOpensInItsOwnPlaceOnly() throws SQLException {
        List<Place> places = places();
        Map<Place, String> values = new LinkedHashMap<>();
        for (Place place : places) {
            values.put(place, read(place));
        }
        int moves = 0;
        for (Place to : places) {
            for (Place from : places) {
                if (!from.equals(to)) {
                    write(to, values.get(from));
                    assertUnreadable(to, from + " at " + to);
                    moves++;
                }
            }
            write(to, values.get(to));
            assertThat(repository.find(BrokerId.of(to.broker))).contains(stored.get(to.broker));
        }
        assertThat(moves).isEqualTo(20 * 19);
        assertThat(repository.unreadable()).isEmpty();
    }

    @Test
    void aSecretOfAnotherTableDoesNotOpen() throws SQLException {
        Place place = new Place("one", "password_sealed", null);
        String context = "\none\nann\ncredentials.password";
        write(place, TestKeys.cipher().seal(Secret.of("mine"), "mqtt_manager_device" + context));
        assertUnreadable(place, "from another table");
        write(place, TestKeys.cipher().seal(Secret.of("mine"), "mqtt_manager_broker" + context));
        assertThat(repository.find(BrokerId.of("one")).orElseThrow().credentials())
                .isEqualTo(Credentials.of("user", "mine"));
    }

    @Test
    void whatWasAlteredIsNamedAndNotShown() throws SQLException {
        Place place = new Place("one", "password_sealed", null);
        String value = read(place);
        String prefix = "v1:test:";
        assertThat(value).startsWith(prefix);
        byte[] bytes = Base64.getDecoder().decode(value.substring(prefix.length()));
        List<String> altered = new ArrayList<>(List.of(
                "",
                "x",
                "v2" + value.substring(2),
                value.replace("test", "other"),
                value.substring(0, value.length() / 2),
                value.substring(0, prefix.length() + 16),
                CANARY + "-password"));
        for (int part : new int[] {0, 11, 12, bytes.length - 17, bytes.length - 16, bytes.length - 1}) {
            byte[] flipped = bytes.clone();
            flipped[part] ^= 1;
            altered.add(prefix + Base64.getEncoder().encodeToString(flipped));
        }
        for (String text : altered) {
            write(place, text);
            assertUnreadable(place, text);
        }
        for (BrokerId other : List.of(BrokerId.of("two"), BrokerId.of("three"), BrokerId.of("four"))) {
            assertThat(repository.find(other)).isPresent();
        }
        write(place, value);
        assertThat(repository.find(BrokerId.of("one"))).contains(stored.get("one"));
    }

    @Test
    void whatCanBeReadOfADefinitionIsTheRest() throws SQLException {
        Place place = new Place("one", "websocket_headers_sealed", "X-A");
        write(place, "v1:gone:AAAA");
        BrokerDefinition rest = repository.findReadablePart(BrokerId.of("one")).orElseThrow();
        assertThat(rest)
                .isEqualTo(stored.get("one").toBuilder()
                        .webSocket(new WebSocketSettings("/", Map.of("X-B", CANARY + "-b")))
                        .build());
        assertThat(repository.findReadablePart(BrokerId.of("two"))).contains(stored.get("two"));
        assertThat(repository.findReadablePart(BrokerId.of("none"))).isEmpty();
    }

    private void assertUnreadable(Place place, String what) throws SQLException {
        BrokerId id = BrokerId.of(place.broker);
        String row = database.strings("select password_sealed || proxy_password_sealed || tls_client_key_sealed"
                        + " || websocket_headers_sealed from mqtt_manager_broker where id = '" + place.broker + "'")
                .get(0);
        String value = read(place);
        assertThatExceptionOfType(UnreadableDefinitionException.class)
                .as(what)
                .isThrownBy(() -> repository.find(id))
                .satisfies(e -> {
                    assertThat(e.definition().secrets()).hasSize(1);
                    assertThat(e.definition().name())
                            .isEqualTo(stored.get(place.broker).name());
                    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                        assertThat(cause.toString()).doesNotContain(CANARY);
                        if (value.length() > 12) {
                            assertThat(cause.toString()).doesNotContain(value.substring(8));
                        }
                    }
                });
        assertThat(repository.unreadable())
                .extracting(UnreadableDefinition::broker)
                .contains(id);
        assertThat(database.strings("select password_sealed || proxy_password_sealed || tls_client_key_sealed"
                        + " || websocket_headers_sealed from mqtt_manager_broker where id = '" + place.broker + "'"))
                .as("the row stays as it is")
                .containsExactly(row);
    }

    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (String broker : stored.keySet()) {
            places.add(new Place(broker, "password_sealed", null));
            places.add(new Place(broker, "proxy_password_sealed", null));
            places.add(new Place(broker, "tls_client_key_sealed", null));
            places.add(new Place(broker, "websocket_headers_sealed", "X-A"));
            places.add(new Place(broker, "websocket_headers_sealed", "X-B"));
        }
        return places;
    }

    private String column(Place place) {
        return database.strings(
                        "select " + place.column + " from mqtt_manager_broker where id = '" + place.broker + "'")
                .get(0);
    }

    private String read(Place place) {
        String text = column(place);
        return place.header == null
                ? text
                : text.lines()
                        .filter(line -> line.startsWith(place.header + ": "))
                        .findFirst()
                        .orElseThrow()
                        .substring(place.header.length() + 2);
    }

    private void write(Place place, String value) throws SQLException {
        String text = value;
        if (place.header != null) {
            text = column(place)
                    .lines()
                    .map(line -> line.startsWith(place.header + ": ") ? place.header + ": " + value : line)
                    .reduce("", (all, line) -> all + line + "\n");
        }
        try (Connection connection = database.connect();
                PreparedStatement update = connection.prepareStatement(
                        "update mqtt_manager_broker set " + place.column + " = ? where id = ?")) {
            update.setString(1, text);
            update.setString(2, place.broker);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }
}
