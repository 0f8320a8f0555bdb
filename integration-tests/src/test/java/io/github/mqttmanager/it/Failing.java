package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Lets a connection fail once and hands back why, having looked at what every failure must have. */
final class Failing {
    private static final Duration ATTEMPT = Duration.ofSeconds(30);

    private Failing() {}

    /** The failure of the first attempt. */
    static ConnectionFailure of(BrokerDefinition definition) {
        try (Host host = host()) {
            host.manager.save(definition);
            return failure(host, definition);
        }
    }

    /** The failure after the broker had accepted us and then does what it is told. */
    static ConnectionFailure afterConnecting(BrokerDefinition definition, Runnable then) {
        try (Host host = host()) {
            host.manager.save(definition);
            host.awaitConnected(definition.id().value());
            then.run();
            return failure(host, definition);
        }
    }

    /** The status once it is connected and something is wrong nevertheless. */
    static BrokerStatus whileConnected(BrokerDefinition definition, String device) {
        try (Host host = host()) {
            host.manager.save(definition);
            host.manager.save(Device.builder(device, definition.id().value()).build());
            await().atMost(ATTEMPT)
                    .untilAsserted(() -> assertThat(host.manager.status(definition.id()))
                            .hasValueSatisfying(status -> {
                                assertThat(status.state()).isEqualTo(ConnectionState.CONNECTED);
                                assertThat(status.failure()).isNotNull();
                            }));
            BrokerStatus status = host.status(definition.id().value());
            check(status.failure(), definition);
            return status;
        }
    }

    /** One that tries once only, so that nothing replaces the failure. */
    static Host host() {
        return new Host(
                (device, publish) -> {},
                builder -> builder.reconnectPolicy((outage, settings, random) -> Duration.ofHours(1)));
    }

    /** The failure of the attempt that is under way. */
    static ConnectionFailure failure(Host host, BrokerDefinition definition) {
        BrokerId id = definition.id();
        await().atMost(ATTEMPT)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(host.manager.status(id))
                        .hasValueSatisfying(status ->
                                assertThat(status.state()).isIn(ConnectionState.RECONNECTING, ConnectionState.FAILED)));
        BrokerStatus status = host.status(id.value());
        ConnectionFailure failure = status.failure();
        check(failure, definition);
        assertThat(status.state())
                .isEqualTo(failure.retryable() ? ConnectionState.RECONNECTING : ConnectionState.FAILED);
        System.out.println(
                failure.kind() + " [" + failure.stage() + "] " + failure.message() + " -- " + failure.remedy());
        return failure;
    }

    private static void check(ConnectionFailure failure, BrokerDefinition definition) {
        assertThat(failure).isNotNull();
        for (String text : List.of(failure.message(), failure.remedy())) {
            assertThat(text)
                    .matches("\\p{Lu}.{15,}\\.")
                    .hasSizeLessThan(600)
                    .doesNotContain("null", "..", "Exception", "( ", " )", "()");
            if (definition.credentials() != null && definition.credentials().password() != null) {
                assertThat(text)
                        .doesNotContain(
                                new String(definition.credentials().password().reveal(), StandardCharsets.UTF_8));
            }
        }
        assertThat(failure.message()).contains(definition.endpoints().get(0).host());
        if (failure.kind() != FailureKind.DNS_UNKNOWN_HOST
                && failure.kind() != FailureKind.DNS_TIMEOUT
                && failure.kind() != FailureKind.ADDRESS_REFUSED
                && failure.kind() != FailureKind.TLS_NOT_TLS) {
            assertThat(failure.message()).contains(definition.endpoints().get(0).toString());
        }
    }
}
