package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.connection.BrokerEvent.Initiator;
import io.github.mqttmanager.connection.BrokerEvent.Type;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The latest events of one broker. Thread-safe. */
final class History {
    /** A month of a broker that fails now and then; about 20 kB where all of it is used. */
    static final int LIMIT = 100;

    private final InstantSource clock;

    // guarded by this
    private final List<BrokerEvent> events = new ArrayList<>(2);
    private long sequence;

    History(InstantSource clock) {
        this.clock = clock;
    }

    void add(Type type, Initiator initiator) {
        add(type, initiator, null, null, null);
    }

    synchronized void add(
            Type type,
            Initiator initiator,
            @Nullable String actor,
            @Nullable Endpoint endpoint,
            @Nullable ConnectionFailure failure) {
        Instant now = clock.instant();
        BrokerEvent former = type == Type.ATTEMPT_FAILED ? removeSimilar(endpoint, failure) : null;
        if (events.size() == LIMIT) {
            events.remove(0);
        }
        events.add(new BrokerEvent(
                ++sequence,
                former == null ? now : former.firstAt(),
                now,
                former == null ? 1 : former.repeated() + 1,
                type,
                initiator,
                actor,
                endpoint,
                failure));
    }

    /** Out of the failed attempts that are the latest events: with several endpoints they alternate. */
    private @Nullable BrokerEvent removeSimilar(@Nullable Endpoint endpoint, @Nullable ConnectionFailure failure) {
        for (int i = events.size() - 1; i >= 0 && events.get(i).type() == Type.ATTEMPT_FAILED; i--) {
            BrokerEvent event = events.get(i);
            if (Objects.equals(event.endpoint(), endpoint)
                    && kind(event.failure()) == kind(failure)
                    && Objects.equals(code(event.failure()), code(failure))) {
                events.remove(i);
                return event;
            }
        }
        return null;
    }

    private static @Nullable FailureKind kind(@Nullable ConnectionFailure failure) {
        return failure == null ? null : failure.kind();
    }

    private static @Nullable Integer code(@Nullable ConnectionFailure failure) {
        return failure == null ? null : failure.reasonCode();
    }

    /** The latest first. */
    synchronized List<BrokerEvent> latest() {
        List<BrokerEvent> latest = new ArrayList<>(events);
        Collections.reverse(latest);
        return List.copyOf(latest);
    }
}
