package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import org.junit.jupiter.api.Test;

/** The demo's brokers demand credentials, and their users do not meet. */
class NamespaceTest extends ServerTest {
    private int greenhousePort() {
        return admin().get("/api/mqtt-brokers/brokers/2")
                .is(200)
                .json()
                .path("broker_port")
                .intValue();
    }

    @Test
    void credentialsAreDemanded() {
        int port = demoBrokerPort();
        TestDevice.connect(port, "user", "pass").close();
        assertThatThrownBy(() -> TestDevice.connect(port, "user", "wrong")).isInstanceOf(Mqtt5ConnAckException.class);
        assertThatThrownBy(() -> TestDevice.connect(port, "", "pass")).isInstanceOf(Mqtt5ConnAckException.class);
        assertThatThrownBy(() -> TestDevice.connect(greenhousePort(), "user", "pass"))
                .isInstanceOf(Mqtt5ConnAckException.class);
    }

    @Test
    void aUserMeetsOnlyItself() throws Exception {
        int port = demoBrokerPort();
        try (TestDevice one = TestDevice.connect(port, "user", "pass");
                TestDevice same = TestDevice.connect(port, "user", "pass");
                TestDevice visitor = TestDevice.connect(port, "visitor", "welcome")) {
            one.listen("namespace/#");
            visitor.listen("#");
            visitor.listen("user/#");
            visitor.listen("+/namespace/#");
            same.publish("namespace/a", "seen");
            assertThat(one.next()).isEqualTo("seen");
            assertThat(visitor.hearsNothing()).isTrue();
            visitor.publish("namespace/a", "not seen");
            visitor.publish("user/namespace/a", "not seen either");
            assertThat(one.hearsNothing()).isTrue();
        }
    }
}
