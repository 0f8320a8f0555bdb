package io.github.mqttmanager.benchmarks;

import com.hivemq.client.mqtt.datatypes.MqttTopic;
import com.hivemq.client.mqtt.datatypes.MqttTopicFilter;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One filter against one topic: ours, and the client's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FilterMatchingBenchmark {
    @Param({"devices/+/telemetry", "devices/#", "devices/boiler-17/telemetry"})
    public String filter = "";

    private final TopicName topic = TopicName.of("devices/boiler-17/telemetry");
    private final MqttTopic clientTopic = MqttTopic.of("devices/boiler-17/telemetry");

    @Benchmark
    public boolean ours() {
        return TopicFilter.of(filter).matches(topic);
    }

    @Benchmark
    public boolean theClients() {
        return MqttTopicFilter.of(filter).matches(clientTopic);
    }
}
