package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The demo's brokers show every state and the common failures, within a minute of the first start. */
class GalleryTest extends ServerTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private JsonNode status(String name) {
        return admin().get("/api/mqtt-brokers/status")
                .is(200)
                .json()
                .valueStream()
                .filter(status -> status.path("broker_name").stringValue().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "Unreachable (gallery), TCP_REFUSED, TCP, true",
        "Wrong password (gallery), MQTT_BAD_CREDENTIALS, MQTT, false",
        "Unknown CA (gallery), TLS_UNKNOWN_CA, TLS, false",
        "Expired certificate (gallery), TLS_EXPIRED, TLS, false",
        "Wrong host name (gallery), TLS_HOSTNAME_MISMATCH, TLS, false",
        "Silent (gallery), MQTT_CONNACK_TIMEOUT, MQTT, true"
    })
    void eachFailureIsWhatItsNameSays(String name, String kind, String stage, boolean retryable) {
        await().atMost(MINUTE).untilAsserted(() -> {
            JsonNode failure = status(name).path("failure");
            assertThat(failure.path("kind").stringValue("")).isEqualTo(kind);
            assertThat(failure.path("stage").stringValue()).isEqualTo(stage);
            assertThat(failure.path("retryable").booleanValue()).isEqualTo(retryable);
            assertThat(failure.path("message").stringValue()).isNotBlank();
            assertThat(failure.path("remedy").stringValue()).isNotBlank();
        });
        assertThat(status(name).path("is_connected").booleanValue()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"Demo broker", "Greenhouse", "Over TLS (gallery)"})
    void othersAreHealthy(String name) {
        await().atMost(MINUTE)
                .untilAsserted(() ->
                        assertThat(status(name).path("state").stringValue()).isEqualTo("CONNECTED"));
    }

    @Test
    void theCertificateOfTheHealthyOneIsShown() {
        await().atMost(MINUTE)
                .untilAsserted(() -> assertThat(status("Over TLS (gallery)")
                                .path("certificate")
                                .path("issuer")
                                .stringValue(""))
                        .contains("Demo authority"));
    }

    @Test
    void aRefusedTopicIsToldThoughTheBrokerIsConnected() {
        await().atMost(MINUTE).untilAsserted(() -> {
            JsonNode status = status("Refused topic (gallery)");
            assertThat(status.path("state").stringValue()).isEqualTo("CONNECTED");
            JsonNode refused = status.path("subscriptions")
                    .valueStream()
                    .filter(subscription ->
                            subscription.path("filter").stringValue().equals("secret/vault"))
                    .findFirst()
                    .orElseThrow();
            assertThat(refused.path("granted").isNull()).isTrue();
            assertThat(refused.path("reason").stringValue()).contains("not authorized");
        });
    }
}
