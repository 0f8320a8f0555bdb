package io.github.mqttmanager.benchmarks.figures;

import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The same connections without a manager: the client alone, as its documentation shows it, with event loops that are shared. */
final class BareProcess {
    private final List<Mqtt5AsyncClient> clients = new ArrayList<>();
    private final MqttClientExecutorConfig executors = MqttClientExecutorConfig.builder()
            .nettyExecutor(Executors.newCachedThreadPool())
            .nettyThreads(Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors())))
            .build();

    private BareProcess() {}

    public static void main(String[] arguments) throws IOException {
        BareProcess bare = new BareProcess();
        new Commands()
                .on("start", words -> "started=1")
                .on("add", words -> bare.add(words[1], Integer.parseInt(words[2]), words[3], words[4]))
                .on("await", words -> "connected=" + bare.clients.size())
                .on("threads", words -> Jvm.threads())
                .on("heap", words -> "used=" + Jvm.usedHeap())
                .serve();
        System.exit(0);
    }

    private String add(String name, int count, String host, String ports) throws Exception {
        for (int i = 0; i < count; i++) {
            String id = name + "-" + i;
            Mqtt5AsyncClient client = Mqtt5Client.builder()
                    .identifier(id)
                    .serverHost(host)
                    .serverPort(Integer.parseInt(ports.split(",")[0]))
                    .executorConfig(executors)
                    .buildAsync();
            client.publishes(MqttGlobalPublishFilter.ALL, publish -> {});
            client.connectWith()
                    .cleanStart(false)
                    .sessionExpiryInterval(86_400)
                    .keepAlive(20)
                    .send()
                    .get(10, TimeUnit.SECONDS);
            client.subscribeWith()
                    .topicFilter("devices/" + id + "/telemetry")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send()
                    .get(10, TimeUnit.SECONDS);
            clients.add(client);
        }
        return "at=" + System.currentTimeMillis();
    }
}
