package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What TLS settings do, against a listener that shows what came. Unknown, expired and foreign certificates: {@link FailureKindsTest}. */
class TlsTest {
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

    private static BrokerDefinition.Builder to(TlsFront front, TlsSettings tls) {
        return BrokerDefinition.builder("b", "localhost", front.port()).tls(tls);
    }

    private static TlsSettings own() {
        return TlsSettings.authorities(certificates.authority());
    }

    private static TlsSettings atLeast13() {
        return new TlsSettings(own().trust(), null, true, TlsSettings.Version.TLS_1_3);
    }

    private static TlsFront only(String version) {
        return new TlsFront(
                certificates.sockets("server"),
                mosquitto.port(),
                listener -> listener.setEnabledProtocols(new String[] {version}));
    }

    private static TlsFront demanding(String version) {
        return new TlsFront(certificates.sockets("server"), mosquitto.port(), listener -> {
            listener.setEnabledProtocols(new String[] {version});
            listener.setNeedClientAuth(true);
        });
    }

    @Test
    void bothVersionsAreSpokenWhereNothingElseIsSaid() {
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (TlsFront front = only(version);
                    Host host = new Host()) {
                host.manager.save(to(front, own()).build());
                host.awaitConnected("b");
            }
        }
    }

    @Test
    void aBrokerBelowTheMinimumVersionIsRefusedAndSaysWhy() {
        try (TlsFront front = only("TLSv1.2");
                Host host = new Host()) {
            host.manager.save(to(front, atLeast13()).build());
            ConnectionFailure failure = failed(host);
            assertThat(failure.kind()).isEqualTo(FailureKind.TLS_PROTOCOL);
            assertThat(failure.remedy()).contains("TLS 1.3");
        }
        try (TlsFront front = only("TLSv1.3");
                Host host = new Host()) {
            host.manager.save(to(front, atLeast13()).build());
            host.awaitConnected("b");
        }
    }

    @Test
    void theClientCertificateIsShownToWhoAsks() {
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (TlsFront front = demanding(version);
                    Host host = new Host()) {
                host.manager.save(to(front, own().withClientCertificate(certificates.pair("client")))
                        .build());
                host.awaitConnected("b");
                assertThat(front.clients).containsExactly("CN=client");
            }
        }
    }

    @Test
    void whoHasNoneIsToldSo() {
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (TlsFront front = demanding(version);
                    Host host = new Host()) {
                host.manager.save(to(front, own()).build());
                assertThat(failed(host).kind()).as(version).isEqualTo(FailureKind.TLS_CLIENT_CERT_REQUIRED);
            }
        }
    }

    /** Whoever signed it, whatever its dates and names say. */
    @Test
    void aPinnedCertificateIsEnough() {
        for (String name : new String[] {"server", "elsewhere", "expired"}) {
            try (TlsFront front = new TlsFront(certificates.sockets(name), mosquitto.port(), listener -> {});
                    Host host = new Host()) {
                host.manager.save(
                        to(front, TlsSettings.SYSTEM.withTrust(new TlsSettings.Pinned(certificates.fingerprint(name))))
                                .build());
                host.awaitConnected("b");
                assertThat(host.status("b").certificate()).isNotNull();
                assertThat(host.status("b").certificate().sha256()).isEqualTo(certificates.fingerprint(name));
            }
        }
    }

    @Test
    void anotherCertificateThanThePinnedOneIsRefusedThoughItsAuthorityIsKnown() {
        try (TlsFront front = new TlsFront(certificates.sockets("server"), mosquitto.port(), listener -> {});
                Host host = new Host()) {
            host.manager.save(to(
                            front,
                            TlsSettings.SYSTEM.withTrust(new TlsSettings.Pinned(certificates.fingerprint("elsewhere"))))
                    .build());
            ConnectionFailure failure = failed(host);
            assertThat(failure.kind()).isEqualTo(FailureKind.TLS_UNKNOWN_CA);
            assertThat(failure.message()).contains(certificates.fingerprint("server"));
            assertThat(front.clients).isEmpty();
        }
    }

    private static ConnectionFailure failed(Host host) {
        host.awaitState("b", ConnectionState.FAILED, Duration.ofSeconds(30));
        ConnectionFailure failure = host.status("b").failure();
        assertThat(failure).isNotNull();
        return failure;
    }
}
