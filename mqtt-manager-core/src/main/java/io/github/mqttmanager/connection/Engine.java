package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.InboundRouter;
import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicName;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What all connections share. */
record Engine(
        Executor control,
        ScheduledExecutorService timer,
        InstantSource clock,
        LongSupplier nanos,
        RandomGenerator random,
        AddressResolver resolver,
        StartLimiter lookUps,
        StartLimiter starts,
        SlowSet slow,
        TriedPorts ports,
        LinkFactories links,
        LinkTimeouts timeouts,
        Liveness liveness,
        OutboundLimits outboundLimits,
        OutboundBudget outboundBudget,
        InboundBudget inboundBudget,
        TopicName responsePrefix,
        ReconnectPolicy reconnectPolicy,
        NetworkPolicy networkPolicy,
        InboundRouter router,
        Function<BrokerId, TopicDemand> demand,
        int coalesceFrom,
        StatusFeed feed) {

    /** Makes a factory whose links run what comes later on the given lane. */
    @FunctionalInterface
    interface LinkFactories {
        LinkFactory on(Executor lane);
    }
}
