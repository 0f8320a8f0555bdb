package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.device.DeviceMessageHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A host application with a manager, which remembers what its handler was given. */
final class Host implements AutoCloseable {
    final MqttManager manager;
    final List<String> handled = new CopyOnWriteArrayList<>();

    Host() {
        this((device, publish) -> {}, builder -> builder);
    }

    /** @param before runs before the message is remembered; what it throws is the handler's */
    Host(DeviceMessageHandler before, UnaryOperator<MqttManager.Builder> settings) {
        manager = settings.apply(MqttManager.builder()
                        .handlerRetries(Duration.ofMillis(50), Duration.ofMillis(200))
                        .handler((device, publish) -> {
                            before.handle(device, publish);
                            handled.add(device.id() + "=" + publish.payloadText());
                        }))
                .build();
        manager.start();
    }

    /** One whose handler the test has given. */
    Host(MqttManager.Builder builder) {
        manager = builder.build();
        manager.start();
    }

    static BrokerDefinition.Builder broker(String id, int port) {
        return BrokerDefinition.builder(id, "127.0.0.1", port);
    }

    BrokerStatus status(String broker) {
        return manager.status(BrokerId.of(broker)).orElseThrow();
    }

    void awaitState(String broker, ConnectionState state) {
        awaitState(broker, state, Duration.ofSeconds(20));
    }

    void awaitState(String broker, ConnectionState state, Duration atMost) {
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(manager.status(BrokerId.of(broker)))
                        .hasValueSatisfying(status -> assertThat(status.state())
                                .as(() -> String.valueOf(status.failure()))
                                .isEqualTo(state)));
    }

    void awaitConnected(String broker) {
        awaitState(broker, ConnectionState.CONNECTED);
    }

    void awaitHandled(String... values) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(handled).contains(values));
    }

    @Override
    public void close() {
        manager.close();
    }
}
