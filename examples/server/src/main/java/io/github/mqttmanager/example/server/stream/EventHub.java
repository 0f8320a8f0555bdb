package io.github.mqttmanager.example.server.stream;

import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.github.mqttmanager.example.server.user.User;
import io.github.mqttmanager.example.server.user.UserDeletion;
import io.github.mqttmanager.example.server.web.ProblemException;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Hands events to the streams of the user they concern. Telling never blocks: each stream has a bounded queue and a thread that
 * writes it. This class is thread-safe.
 */
@Component
public class EventHub implements UserDeletion {
    private final JsonMapper json;
    private final ServerProperties.Limits limits;
    private final Duration heartbeat;
    private final List<EventStream> streams = new ArrayList<>();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService writers = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "event-stream-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });
    private boolean closed;

    EventHub(JsonMapper json, ServerProperties properties, @Value("${example.heartbeat:15s}") Duration heartbeat) {
        this.json = json;
        this.limits = properties.limits();
        this.heartbeat = heartbeat;
    }

    /**
     * Opens a stream. It hears of everything that happens from now on, after it has sent the snapshot.
     *
     * @param snapshot how things are; asked once, on the stream's own thread
     */
    public SseEmitter open(SignedIn user, Supplier<?> snapshot) {
        EventStream stream =
                new EventStream(user.id(), user.expiresAt(), heartbeat, () -> json.writeValueAsString(snapshot.get()));
        synchronized (this) {
            streams.removeIf(open -> open.queue().isClosed());
            List<EventStream> own =
                    streams.stream().filter(open -> open.userId() == user.id()).toList();
            if (own.size() >= limits.streams()) {
                own.get(0).close();
                streams.remove(own.get(0));
            }
            if (closed || streams.size() >= limits.allStreams()) {
                throw ProblemException.tooManyAttempts(Duration.ofSeconds(10));
            }
            streams.add(stream);
        }
        writers.execute(() -> {
            stream.run();
            remove(stream);
        });
        return stream.emitter();
    }

    private synchronized void remove(EventStream stream) {
        streams.remove(stream);
    }

    /** Whether anybody listens. */
    public synchronized boolean isIdle() {
        return streams.isEmpty();
    }

    /** Tells the state of a broker. */
    public void status(@Nullable String owner, String brokerId, Object status) {
        tell(owner, "status", status, "status:" + brokerId);
    }

    /** Tells that a broker is gone. */
    public void brokerRemoved(String owner, long brokerId) {
        for (EventStream stream : of(owner)) {
            stream.queue().remove("status:" + brokerId);
        }
        tell(owner, "broker-removed", Map.of("broker_id", brokerId), "removed:" + brokerId);
    }

    /** Tells the presence of a device. */
    public void presence(@Nullable String owner, String deviceId, Object presence) {
        tell(owner, "presence", presence, "presence:" + deviceId);
    }

    /** Tells of a stored reading. */
    public void reading(@Nullable String owner, Object reading) {
        tell(owner, "reading", reading, null);
    }

    /** Tells that brokers or devices were added, changed or removed. */
    public void devicesChanged(String owner) {
        tell(owner, "devices-changed", Map.of(), "devices-changed");
    }

    private void tell(@Nullable String owner, String event, Object data, @Nullable String key) {
        List<EventStream> listening = of(owner);
        if (!listening.isEmpty()) {
            Frame frame = new Frame(event, json.writeValueAsString(data), key);
            listening.forEach(stream -> stream.queue().add(frame));
        }
    }

    private synchronized List<EventStream> of(@Nullable String owner) {
        return streams.stream()
                .filter(stream -> User.ownerOf(stream.userId()).equals(owner))
                .toList();
    }

    /** The streams of somebody whose tokens ended end, too. */
    @Override
    public void ended(long userId) {
        of(User.ownerOf(userId)).forEach(EventStream::close);
    }

    /** Streams would keep the web server from stopping. */
    @EventListener(ContextClosedEvent.class)
    void closing() {
        List<EventStream> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(streams);
        }
        open.forEach(EventStream::close);
    }

    @PreDestroy
    void close() {
        closing();
        writers.shutdownNow();
    }
}
