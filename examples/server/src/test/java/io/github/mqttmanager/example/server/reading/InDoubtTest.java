package io.github.mqttmanager.example.server.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.ServerTest;
import io.github.mqttmanager.example.server.stream.EventHub;
import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** A commit of which nobody hears the outcome. */
class InDoubtTest extends ServerTest {
    @Autowired
    private MqttManager manager;

    @Autowired
    private SensorData sensorData;

    @Autowired
    private UnreadablePayloads unreadable;

    @Autowired
    private MessageRates rates;

    @Autowired
    private EventHub events;

    @Autowired
    private ServerProperties properties;

    @Autowired
    private JsonMapper json;

    @Autowired
    private PlatformTransactionManager transactionManager;

    private static void deliver(SensorDataHandler handler, Device device, InboundPublish publish) throws Exception {
        handler.handle(device, publish).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aMessageThatIsOfferedAgainIsStoredOnce() throws Exception {
        Somebody somebody = newUser();
        long id = createDevice(somebody.api(), createBroker(somebody.api(), passiveBroker("B")), "in-doubt");
        Device device = manager.devices().find(DeviceId.of(Long.toString(id))).orElseThrow();
        AtomicInteger silent = new AtomicInteger(2);
        TransactionTemplate transactions = new TransactionTemplate(transactionManager) {
            private static final long serialVersionUID = 1L;

            @Override
            public <T> T execute(TransactionCallback<T> action) {
                T result = super.execute(action);
                if (silent.getAndDecrement() > 0) {
                    throw new TransactionSystemException("the link was lost after the commit was sent");
                }
                return result;
            }
        };
        SensorDataHandler handler =
                new SensorDataHandler(sensorData, unreadable, rates, events, transactions, properties, json);
        try {
            InboundPublish publish = new InboundPublish(
                    device.broker(),
                    TopicName.of("devices/in-doubt/telemetry"),
                    ByteBuffer.wrap("21.5".getBytes(StandardCharsets.UTF_8)),
                    QoS.AT_LEAST_ONCE,
                    false,
                    Instant.now(),
                    PublishProperties.NONE);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> deliver(handler, device, publish)).isInstanceOf(ExecutionException.class);
            }
            deliver(handler, device, publish);
            assertThat(sensorData.page(device.id(), null, null, 10)).hasSize(1);
            // without doubt, the same again is another reading
            deliver(handler, device, publish);
            assertThat(sensorData.page(device.id(), null, null, 10)).hasSize(2);
        } finally {
            handler.close();
        }
    }
}
