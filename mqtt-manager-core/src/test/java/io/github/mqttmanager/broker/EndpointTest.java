package io.github.mqttmanager.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "broker.example.org",
                "broker.example.org.",
                "10.0.0.1",
                "::1",
                "fe80::1%eth0",
                "2001:db8::7",
                "a_b.c",
                "xn--nxasmq6b",
                "büro.example",
                "a",
                "host-1",
                "1",
                "::ffff:10.0.0.1"
            })
    void acceptsNamesAndAddresses(String host) {
        assertThat(Endpoint.of(host, 1883).host()).isEqualTo(host);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                " a",
                "a ",
                "mqtt://a",
                "tcp://a:1883",
                "a:1883",
                "10.0.0.1:1883",
                "cafe:1883",
                ":1883",
                "a/b",
                "a?b",
                "a#b",
                "a@b",
                "user:pw@host",
                "[::1]",
                "[::1]:1883",
                "-a",
                "a-",
                "a..b",
                ".a",
                "a\u0000",
                "a\nb",
                "a,b",
                "a;b",
                "$(a)",
                "a\\b",
                "\uD800"
            })
    void refusesWhatIsNoHost(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.of(host, 1883))
                .withMessageContaining("host");
    }

    @Test
    void refusesHostsThatAreTooLong() {
        assertThat(Endpoint.of("a".repeat(253), 1).host()).hasSize(253);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.of("a".repeat(254), 1))
                .withMessageContaining("host");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void refusesPortsOutOfRange(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.of("a", port))
                .withMessageContaining("port")
                .withMessageContaining("" + port);
    }

    @Test
    void isShownAsItWouldBeWrittenInAnAddress() {
        assertThat(Endpoint.of("a", 1)).hasToString("a:1");
        assertThat(Endpoint.of("::1", 65_535)).hasToString("[::1]:65535");
    }
}
