package io.github.mqttmanager.example.server.demo;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A device that is none: a real MQTT connection that publishes made-up values and obeys commands. */
final class SimulatedDevice {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedDevice.class);
    private static final Pattern INTERVAL = Pattern.compile("\"interval\"\\s*:\\s*(\\d{1,4})");
    private static final Pattern SWITCH =
            Pattern.compile("^\\s*\"?(on|off)\"?\\s*$|\"(?:led|state|power|turn)\"\\s*:\\s*\"?(on|off|true|false)\"?");

    private final DemoDevice device;
    private final ScheduledExecutorService timer;
    private final Mqtt5AsyncClient client;
    private final Drift drift;
    private volatile int seconds;
    private volatile boolean stopped;

    SimulatedDevice(DemoDevice device, int port, String user, String password, ScheduledExecutorService timer) {
        this.device = device;
        this.timer = timer;
        this.drift = new Drift(device.ordinal());
        this.seconds = 1 + device.ordinal() % 3;
        this.client = Mqtt5Client.builder()
                .identifier("simulated-" + device.topicName())
                .serverHost("127.0.0.1")
                .serverPort(port)
                .simpleAuth()
                .username(user)
                .password(password.getBytes(StandardCharsets.UTF_8))
                .applySimpleAuth()
                .automaticReconnect()
                .initialDelay(500, TimeUnit.MILLISECONDS)
                .maxDelay(5, TimeUnit.SECONDS)
                .applyAutomaticReconnect()
                .addConnectedListener(context -> listen())
                .buildAsync();
    }

    void start() {
        client.connectWith().cleanStart(true).keepAlive(30).send();
        next();
    }

    void stop() {
        stopped = true;
        if (client.getState().isConnected()) {
            client.disconnect();
        }
    }

    private void listen() {
        client.subscribeWith()
                .topicFilter(device.listensTo())
                .qos(MqttQos.AT_LEAST_ONCE)
                .callback(this::obey)
                .send();
    }

    private void next() {
        if (!stopped) {
            timer.schedule(this::publish, seconds * 1000L - 100 + device.ordinal() * 40L, TimeUnit.MILLISECONDS);
        }
    }

    private void publish() {
        try {
            if (client.getState().isConnected()) {
                String payload;
                synchronized (drift) {
                    payload = device.payload(drift);
                }
                client.publishWith()
                        .topic(device.publishesTo())
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .payload(payload.getBytes(StandardCharsets.UTF_8))
                        .send();
            }
        } finally {
            next();
        }
    }

    private void obey(Mqtt5Publish command) {
        String text = new String(command.getPayloadAsBytes(), StandardCharsets.UTF_8);
        String lower = text.toLowerCase(Locale.ROOT);
        Matcher interval = INTERVAL.matcher(lower);
        if (interval.find()) {
            seconds = Math.max(1, Math.min(3600, Integer.parseInt(interval.group(1))));
        }
        Matcher switched = SWITCH.matcher(lower);
        if (switched.find()) {
            String word = switched.group(1) == null ? switched.group(2) : switched.group(1);
            synchronized (drift) {
                drift.switchTo(word.equals("on") || word.equals("true"));
            }
        }
        LOG.info(
                "Simulated device {} got a command of {} bytes; it is {} and publishes every {} s",
                device.topicName(),
                command.getPayloadAsBytes().length,
                drift.isOn() ? "on" : "off",
                seconds);
    }
}
