package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.publish.InboundPublish;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The class path of core itself has none of Netty's optional parts. */
class MissingTransportTest {
    private final LinkFactory links = new HiveMqLinks(
                    new EventLoops(Runnable::run, 1),
                    TlsBundles.none(),
                    LinkTimeouts.DEFAULT,
                    InstantSource.fixed(Instant.EPOCH),
                    1_000,
                    (broker, filter) -> false)
            .on(Runnable::run);

    @Test
    void aWebSocketWithoutItsCodecIsRefusedWithTheNameOfTheArtifact() {
        BrokerDefinition definition = EngineHarness.definition()
                .webSocket(new WebSocketSettings("/mqtt", Map.of()))
                .build();
        refused(definition, "netty-codec-http");
    }

    @Test
    void aProxyWithoutItsHandlerIsRefusedWithTheNameOfTheArtifact() {
        BrokerDefinition definition = EngineHarness.definition()
                .proxy(new ProxySettings(ProxySettings.Type.HTTP, Endpoint.of("proxy.example", 3128), null))
                .build();
        refused(definition, "netty-handler-proxy");
    }

    private void refused(BrokerDefinition definition, String artifact) {
        EngineHarness harness = new EngineHarness();
        assertThatThrownBy(() -> links.create(definition, new ScriptedLinkObserver()))
                .isInstanceOfSatisfying(HiveMqLinks.MissingTransport.class, missing -> {
                    harness.createFailure = missing;
                    BrokerConnection connection = new BrokerConnection(definition, harness.engine(), null);
                    connection.apply(definition);
                    harness.settle();
                    ConnectionFailure failure = connection.status().failure();
                    assertThat(connection.status().state()).isEqualTo(ConnectionState.FAILED);
                    assertThat(failure).isNotNull();
                    assertThat(failure.kind()).isEqualTo(FailureKind.TRANSPORT_MISSING);
                    assertThat(failure.message()).contains(artifact);
                });
    }

    private static final class ScriptedLinkObserver implements MqttLink.Observer {
        @Override
        public void opened(MqttLink.Granted granted) {}

        @Override
        public void down(MqttLink.LinkDown down) {}

        @Override
        public void received(InboundPublish publish, Runnable acknowledge) {}

        @Override
        public void receivedMalformed() {}

        @Override
        public void closed() {}
    }
}
