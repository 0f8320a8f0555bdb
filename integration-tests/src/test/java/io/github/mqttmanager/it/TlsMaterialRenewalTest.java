package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.test.FaultProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates, keys and passwords are replaced while the host runs. */
class TlsMaterialRenewalTest {
    private static Certificates certificates;
    private static Mosquitto mosquitto;

    @BeforeAll
    static void startBroker() {
        certificates = Certificates.make();
        mosquitto = Mosquitto.start();
    }

    @AfterAll
    static void stopBroker() {
        mosquitto.close();
        certificates.close();
    }

    private static TlsFront front() {
        return new TlsFront(
                certificates.sockets("server"), mosquitto.port(), listener -> listener.setNeedClientAuth(true));
    }

    /** Keeps one bundle, or none. */
    private static Host host(AtomicReference<TlsBundles.@Nullable Material> kept) {
        TlsBundles bundles = name -> {
            TlsBundles.Material material = kept.get();
            if (material == null) {
                throw new IllegalArgumentException("TLS bundle " + name + " is not there");
            }
            return material;
        };
        return new Host(
                (device, publish) -> {},
                builder -> builder.tlsBundles(bundles)
                        .reconnectPolicy((outage, settings, random) -> Duration.ofMillis(100)));
    }

    private static BrokerDefinition.Builder withBundle(int port) {
        return BrokerDefinition.builder("b", "localhost", port)
                .tls(TlsSettings.SYSTEM.withTrust(new TlsSettings.Bundle("brokers")));
    }

    @ParameterizedTest
    @EnumSource
    void aRenewedBundleIsUsedAtTheNextConnectionThoughTheDefinitionIsTheSame(MqttVersion version) {
        AtomicReference<TlsBundles.@Nullable Material> kept = new AtomicReference<>(certificates.material("client"));
        try (TlsFront front = front();
                FaultProxy way = FaultProxy.to("127.0.0.1", front.port());
                Host host = host(kept)) {
            host.manager.save(withBundle(way.port()).mqttVersion(version).build());
            host.awaitConnected("b");
            Instant before = host.status("b").since();

            kept.set(certificates.material("client-renewed"));
            way.cut();
            await().untilAsserted(() -> assertThat(front.clients).containsExactly("CN=client", "CN=client-renewed"));
            await().untilAsserted(() -> {
                assertThat(host.status("b").isConnected()).isTrue();
                assertThat(host.status("b").since()).isAfter(before);
            });
        }
    }

    /** The former material is not used in its place: what runs would not be what is shown. */
    @Test
    void aBundleThatIsMissingForAWhileIsExplainedAndUsedWhenItIsThereAgain() {
        AtomicReference<TlsBundles.@Nullable Material> kept = new AtomicReference<>(certificates.material("client"));
        try (TlsFront front = front();
                FaultProxy way = FaultProxy.to("127.0.0.1", front.port());
                Host host = host(kept)) {
            host.manager.save(withBundle(way.port()).build());
            host.awaitConnected("b");

            kept.set(null);
            way.cut();
            host.awaitState("b", ConnectionState.FAILED);
            ConnectionFailure failure = host.status("b").failure();
            assertThat(failure).isNotNull();
            assertThat(failure.kind()).isEqualTo(FailureKind.TLS_MATERIAL);
            assertThat(failure.message()).contains("TLS bundle brokers is not there");
            assertThat(front.clients).containsExactly("CN=client");

            kept.set(certificates.material("client-renewed"));
            host.awaitConnected("b");
            assertThat(front.clients).containsExactly("CN=client", "CN=client-renewed");
        }
    }

    @Test
    void aNewCertificateInADefinitionReconnectsThatBrokerAloneWithIt() {
        TlsSettings own = TlsSettings.authorities(certificates.authority());
        try (TlsFront front = front();
                Host host = new Host()) {
            for (String id : new String[] {"b", "other"}) {
                host.manager.save(BrokerDefinition.builder(id, "localhost", front.port())
                        .tls(own.withClientCertificate(certificates.pair("client")))
                        .build());
                host.awaitConnected(id);
            }
            Instant other = host.status("other").since();

            host.manager.save(host.manager.brokers().find(BrokerId.of("b")).orElseThrow().toBuilder()
                    .tls(own.withClientCertificate(certificates.pair("client-renewed")))
                    .build());
            await().untilAsserted(() ->
                    assertThat(front.clients).containsExactly("CN=client", "CN=client", "CN=client-renewed"));
            host.awaitConnected("b");
            assertThat(host.status("other").since()).isEqualTo(other);
            assertThat(front.clients).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNewPasswordInADefinitionReconnectsThatBrokerAloneWithIt(MqttVersion version) {
        try (Mosquitto knowing = Mosquitto.withUser("user", "new");
                Host host = new Host()) {
            host.manager.save(Host.broker("other", mosquitto.port()).build());
            host.manager.save(Host.broker("b", knowing.port())
                    .mqttVersion(version)
                    .credentials("user", "old")
                    .build());
            host.awaitState("b", ConnectionState.FAILED);
            host.awaitConnected("other");
            Instant other = host.status("other").since();

            host.manager.save(host.manager.brokers().find(BrokerId.of("b")).orElseThrow().toBuilder()
                    .credentials("user", "new")
                    .build());
            host.awaitConnected("b");
            assertThat(host.status("other").since()).isEqualTo(other);
        }
    }
}
