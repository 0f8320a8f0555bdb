package io.github.mqttmanager.device;

import com.hivemq.client.mqtt.datatypes.MqttTopic;
import com.hivemq.client.mqtt.datatypes.MqttTopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Which device a topic belongs to, each time another device's in random order; and one device added to so many and taken away again. A
 * scan compares with each device's filter until it finds the one, as it would have to without a table (1,000 devices only).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx2g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RoutingBenchmark {
    @Param({"1000", "1000000"})
    public int devices = 1_000;

    private final RouteTable table = new RouteTable();
    private List<TopicName> topics = List.of();
    private final List<MqttTopic> clientTopics = new ArrayList<>();
    private final List<MqttTopicFilter> clientFilters = new ArrayList<>();
    private final Device added = Device.builder("one-more", "b").build();
    private int next;

    /** Fills the table, and says what it takes: all that is reachable, without the devices themselves. */
    @Setup
    public void fill() {
        List<Device> all = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            all.add(Device.builder("device-" + i, "b").build());
            order.add(i);
        }
        long before = used();
        all.forEach(device -> table.replace(null, device));
        System.out.printf("%n%d bytes of table for each device%n", (used() - before) / devices);
        Collections.shuffle(order, new Random(1));
        topics = order.stream()
                .map(i -> TopicName.of("devices/device-" + i + "/telemetry"))
                .toList();
        if (devices <= 1_000) {
            order.forEach(i -> {
                clientTopics.add(MqttTopic.of("devices/device-" + i + "/telemetry"));
                clientFilters.add(MqttTopicFilter.of("devices/device-" + i + "/telemetry"));
            });
        }
    }

    private static long used() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private int next() {
        next = next + 1 < devices ? next + 1 : 0;
        return next;
    }

    @Benchmark
    public List<Device> lookUp() {
        return table.match(topics.get(next()));
    }

    @Benchmark
    public RouteTable addAndRemove() {
        table.replace(null, added);
        table.replace(added, null);
        return table;
    }

    @Benchmark
    public Object scanOfTheClientsFilters() {
        if (clientFilters.isEmpty()) {
            throw new IllegalStateException("with 1,000 devices only");
        }
        MqttTopic topic = clientTopics.get(next());
        for (MqttTopicFilter filter : clientFilters) {
            if (filter.matches(topic)) {
                return filter;
            }
        }
        throw new IllegalStateException("not found");
    }
}
