package io.github.mqttmanager.benchmarks.figures;

import com.hivemq.client.internal.mqtt.handler.publish.incoming.MeasuredTopicTree;
import com.hivemq.client.mqtt.datatypes.MqttTopic;
import com.hivemq.client.mqtt.datatypes.MqttTopicFilter;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.MeasuredRoutes;
import io.github.mqttmanager.topic.TopicName;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Which device a topic belongs to, each time a random one's, so that with many devices most of what a look-up reads has to come from memory.
 * The topics are made anew shortly before, as they are when they have just been received. Time is that of the processor: other programs
 * count as far as they take the cache away.
 */
final class RoutesScenario implements Scenario {
    private static final int FEW = 1_000;
    private static final int ROUNDS = 5;

    /** Look-ups of the manager and of what it is compared with, in nanoseconds. */
    private record Times(
            double own, double tree, double map, double scan, double change, long tableBytes, long deviceBytes) {}

    @Override
    public List<Figure> run(Settings settings) {
        int many = settings.number("devices", 1_000_000);
        Times few = measure(FEW);
        Times all = measure(many);
        return List.of(
                Figure.of("look-up with " + many + " devices", all.own, 250, "ns, median of " + ROUNDS)
                        .with("clientsTree", all.tree)
                        .with("hashMapByTopic", all.map)
                        .with("scanOfFilters", all.scan),
                Figure.of("look-up with " + many + " devices beside that with " + FEW, all.own / few.own, 2, "times")
                        .with("few", few.own)
                        .with("fewClientsTree", few.tree)
                        .with("fewHashMapByTopic", few.map)
                        .with("fewScanOfFilters", few.scan),
                Figure.of("one device more and one less with " + many, all.change, 50_000, "ns for both")
                        .with("few", few.change)
                        .with("tableBytesEach", all.tableBytes)
                        .with("deviceBytesEach", all.deviceBytes));
    }

    private static Times measure(int count) {
        long empty = used();
        List<Device> devices = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            devices.add(Device.builder("device-" + i, "b").build());
        }
        long filled = used();
        MeasuredRoutes routes = new MeasuredRoutes();
        devices.forEach(device -> routes.replace(null, device));
        long routed = used();

        Function<Integer, String> topic = i -> "devices/device-" + i + "/telemetry";
        double own = time(count, 1_000, i -> TopicName.of(topic.apply(i)), routes::lookUp);
        Device one = Device.builder("one-more", "b").build();
        double change = time(count, 1_000, i -> i, changes -> {
            for (int i = 0; i < changes.size(); i++) {
                routes.replace(null, one);
                routes.replace(one, null);
            }
            return changes.size();
        });

        MeasuredTopicTree tree = new MeasuredTopicTree();
        Map<String, Device> map = new HashMap<>();
        List<MqttTopicFilter> filters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tree.subscribe(topic.apply(i));
            map.put(topic.apply(i), devices.get(i));
            filters.add(MqttTopicFilter.of(topic.apply(i)));
        }
        return new Times(
                own,
                time(count, 1_000, i -> MeasuredTopicTree.publish(topic.apply(i)), tree::lookUp),
                time(count, 1_000, topic, topics -> {
                    int found = 0;
                    for (String each : topics) {
                        found += map.get(each) == null ? 0 : 1;
                    }
                    return found;
                }),
                time(count, Math.max(1, 10_000 / (count / 100)), i -> MqttTopic.of(topic.apply(i)), topics -> {
                    int found = 0;
                    for (MqttTopic each : topics) {
                        found += (int) filters.stream()
                                .filter(filter -> filter.matches(each))
                                .limit(1)
                                .count();
                    }
                    return found;
                }),
                change,
                (routed - filled) / count,
                (filled - empty) / count);
    }

    /** @return nanoseconds for each, the median of the rounds */
    private static <T> double time(int devices, int batch, Function<Integer, T> topic, ToIntFunction<List<T>> lookUp) {
        Random random = new Random(1);
        List<Double> rounds = new ArrayList<>();
        for (int round = -2; round < ROUNDS; round++) {
            long end = System.nanoTime() + 1_000_000_000L;
            long taken = 0;
            long looked = 0;
            while (System.nanoTime() < end) {
                List<T> topics = new ArrayList<>(batch);
                for (int i = 0; i < batch; i++) {
                    topics.add(topic.apply(random.nextInt(devices)));
                }
                long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                int found = lookUp.applyAsInt(topics);
                taken += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun;
                looked += batch;
                if (found != batch) {
                    throw new IllegalStateException("found " + found + " of " + batch);
                }
            }
            if (round >= 0) {
                rounds.add(taken / (double) looked);
            }
        }
        return Medians.median(rounds);
    }

    private static long used() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
