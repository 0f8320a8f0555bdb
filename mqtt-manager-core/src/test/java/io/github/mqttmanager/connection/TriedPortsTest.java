package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.testing.ManualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TriedPortsTest {
    private static final InetAddress HOST = address(1);

    private final ManualTime time = new ManualTime();
    private final TriedPorts ports = new TriedPorts(time);

    private static InetAddress address(int n) {
        try {
            return InetAddress.getByAddress(new byte[] {8, 8, 8, (byte) n});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private int tried(String owner, InetAddress address, int from, int to) {
        int tried = 0;
        for (int port = from; port <= to; port++) {
            tried += ports.mayTry(owner, address, port) ? 1 : 0;
        }
        return tried;
    }

    @Test
    void thousandsOfConnectionsToOneBrokerWaitForNothing() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(ports.mayTry("a", HOST, 8883)).isTrue();
        }
    }

    @Test
    void whoTriesEveryPortOfAHostIsBusyForDays() {
        int found = 0;
        int day = 0;
        for (int next = 1; next <= 65_535; ) {
            if (ports.mayTry("a", HOST, next)) {
                found++;
                next++;
            } else {
                time.advance(Duration.ofSeconds(5));
            }
            if (time.instant().isAfter(new ManualTime().instant().plus(Duration.ofDays(day)))) {
                day++;
            }
        }
        assertThat(found).isEqualTo(65_535);
        assertThat(day).as("days").isGreaterThan(10);
    }

    @Test
    void aThousandTriesInAMinuteFindOutAboutAFewPortsOnly() {
        int tried = 0;
        for (int i = 0; i < 60; i++) {
            tried += tried("a", HOST, 1, 1_000);
            time.advance(Duration.ofSeconds(1));
        }
        // The ports that are known are tried again and again; that tells nothing new.
        int known = 0;
        for (int port = 1; port <= 1_000; port++) {
            known += ports.mayTry("a", HOST, port) ? 1 : 0;
        }
        assertThat(known).isEqualTo(TriedPorts.AT_ONCE + 4);
        assertThat(tried).isGreaterThan(known);
    }

    @Test
    void fiftyBrokersBehindOneAddressAreAllTriedWithinMinutes() {
        assertThat(tried("a", HOST, 1_883, 1_932)).isEqualTo(TriedPorts.AT_ONCE);
        time.advance(Duration.ofMinutes(5));
        assertThat(tried("a", HOST, 1_883, 1_932)).isEqualTo(50);
    }

    @Test
    void ownersAndAddressesDoNotCountTogether() {
        assertThat(tried("a", HOST, 1, 100)).isEqualTo(TriedPorts.AT_ONCE);
        assertThat(tried("b", HOST, 1, 100)).isEqualTo(TriedPorts.AT_ONCE);
        assertThat(tried("a", address(2), 1, 100)).isEqualTo(TriedPorts.AT_ONCE);
    }

    @Test
    void whatWasForgottenMakesNobodyFaster() {
        assertThat(tried("a", HOST, 1, 100)).isEqualTo(TriedPorts.AT_ONCE);
        time.advance(Duration.ofHours(1));
        assertThat(tried("a", HOST, 1, 100)).isEqualTo(TriedPorts.AT_ONCE);
        assertThat(tried("a", HOST, 1, 100)).isEqualTo(TriedPorts.AT_ONCE);
    }

    @Test
    void aTenantCannotScanAHostByDefinitionsButTheHostsOwnOnesAreFree() {
        EngineHarness harness = new EngineHarness();
        Engine engine = harness.engine();
        for (int i = 0; i < 200; i++) {
            begin(engine, "owned-" + i, "tenant", 1_000 + i);
            begin(engine, "own-" + i, null, 1_000 + i);
        }
        begin(engine, "other", "another tenant", 1_000);
        harness.time.advance(Duration.ofSeconds(2));

        assertThat(attempts(harness, "tenant")).isEqualTo(TriedPorts.AT_ONCE);
        assertThat(attempts(harness, null)).isEqualTo(200);
        assertThat(attempts(harness, "another tenant")).isEqualTo(1);
        BrokerStatus refused = harness.told.stream()
                .filter(status -> status.state() == ConnectionState.FAILED)
                .findAny()
                .orElseThrow();
        ConnectionFailure failure = refused.failure();
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
        assertThat(failure.message()).contains("broker.example").doesNotContain("10.0.");

        harness.time.advance(Duration.ofHours(6));
        assertThat(attempts(harness, "tenant")).as("all are tried in the end").isEqualTo(200);
    }

    private static long attempts(EngineHarness harness, @Nullable String owner) {
        return harness.links.stream()
                .filter(link -> Objects.equals(owner, link.definition.owner()))
                .count();
    }

    private static void begin(Engine engine, String id, @Nullable String owner, int port) {
        BrokerDefinition definition = EngineHarness.definition()
                .id(BrokerId.of(id))
                .endpoints(List.of(Endpoint.of("broker.example", port)))
                .owner(owner)
                .build();
        new BrokerConnection(definition, engine, null).apply(definition);
    }
}
