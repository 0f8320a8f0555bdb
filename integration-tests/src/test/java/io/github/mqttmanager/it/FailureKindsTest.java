package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionStage;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.connection.NetworkPolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Failures before anything is spoken, made by what really causes them. Further ones: {@code FailureKindsOf...Test}. */
class FailureKindsTest {
    @Test
    void unknownHost() {
        ConnectionFailure failure =
                Failing.of(BrokerDefinition.builder("m", "broker.invalid", 1883).build());
        assertThat(failure.kind()).isIn(FailureKind.DNS_UNKNOWN_HOST, FailureKind.DNS_TIMEOUT);
        assertThat(failure.stage()).isEqualTo(ConnectionStage.DNS);
        assertThat(failure.message()).contains("broker.invalid");
        assertThat(failure.retryable()).isTrue();
    }

    /** Whatever the machine's own name server says to it. */
    @Test
    void nameThatDoesNotExist() {
        ConnectionFailure failure = nameFailure(host -> {
            throw new UnknownHostException(host);
        });
        assertThat(failure.kind()).isEqualTo(FailureKind.DNS_UNKNOWN_HOST);
        assertThat(failure.stage()).isEqualTo(ConnectionStage.DNS);
        assertThat(failure.message()).contains("broker.example");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void nameServerThatStaysSilent() {
        CountDownLatch end = new CountDownLatch(1);
        try {
            ConnectionFailure failure = nameFailure(host -> {
                end.await();
                return List.of();
            });
            assertThat(failure.kind()).isEqualTo(FailureKind.DNS_TIMEOUT);
            assertThat(failure.stage()).isEqualTo(ConnectionStage.DNS);
            assertThat(failure.message()).contains("broker.example", "5 s");
            assertThat(failure.retryable()).isTrue();
        } finally {
            end.countDown();
        }
    }

    private interface Lookup {
        List<InetAddress> of(String host) throws UnknownHostException, InterruptedException;
    }

    private static ConnectionFailure nameFailure(Lookup lookup) {
        BrokerDefinition definition =
                BrokerDefinition.builder("m", "broker.example", 1883).build();
        try (Host host = new Host(
                (device, publish) -> {},
                builder -> builder.hostResolver(name -> {
                            try {
                                return lookup.of(name);
                            } catch (InterruptedException e) {
                                throw new UnknownHostException(name);
                            }
                        })
                        .reconnectPolicy((outage, settings, random) -> Duration.ofHours(1)))) {
            host.manager.save(definition);
            return Failing.failure(host, definition);
        }
    }

    @Test
    void closedPort() {
        int port = Mosquitto.freePort();
        ConnectionFailure failure = Failing.of(Host.broker("m", port).build());
        assertThat(failure.kind()).isEqualTo(FailureKind.TCP_REFUSED);
        assertThat(failure.stage()).isEqualTo(ConnectionStage.TCP);
        assertThat(failure.message()).contains("127.0.0.1:" + port);
        assertThat(failure.retryable()).isTrue();
    }

    /** To a multicast address there is no route for TCP; the system says so without sending anything. */
    @Test
    void noRoute() {
        ConnectionFailure failure =
                Failing.of(BrokerDefinition.builder("m", "224.0.0.1", 1883).build());
        assertThat(failure.kind()).isEqualTo(FailureKind.TCP_UNREACHABLE);
        assertThat(failure.stage()).isEqualTo(ConnectionStage.TCP);
        assertThat(failure.message()).contains("224.0.0.1:1883");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void addressThatThePolicyForbids() {
        try (Mosquitto mosquitto = Mosquitto.start();
                Host host = new Host((d, p) -> {}, builder -> builder.networkPolicy(NetworkPolicy.publicForOwned()))) {
            host.manager.save(
                    Host.broker("owned", mosquitto.port()).owner("tenant").build());
            host.awaitState("owned", ConnectionState.FAILED);
            ConnectionFailure failure = host.status("owned").failure();
            assertThat(failure).isNotNull();
            assertThat(failure.kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
            assertThat(failure.retryable()).isFalse();
            host.manager.save(Host.broker("own", mosquitto.port()).build());
            host.awaitConnected("own");
        }
    }
}
