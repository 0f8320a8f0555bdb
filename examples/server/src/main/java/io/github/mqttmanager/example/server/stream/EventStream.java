package io.github.mqttmanager.example.server.stream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** One client's stream, written by a thread of its own until the client, the token or the user is gone. */
final class EventStream implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final int MAX_READINGS = 500;
    private static final MediaType TEXT = new MediaType("text", "plain", StandardCharsets.UTF_8);

    private final long userId;
    private final Instant expiresAt;
    private final Duration heartbeat;
    private final Supplier<String> snapshot;
    private final FrameQueue queue = new FrameQueue(MAX_READINGS);
    private final SseEmitter emitter = new SseEmitter(0L);

    EventStream(long userId, Instant expiresAt, Duration heartbeat, Supplier<String> snapshot) {
        this.userId = userId;
        this.expiresAt = expiresAt;
        this.heartbeat = heartbeat;
        this.snapshot = snapshot;
        emitter.onCompletion(this::close);
        emitter.onTimeout(this::close);
        emitter.onError(e -> close());
    }

    long userId() {
        return userId;
    }

    FrameQueue queue() {
        return queue;
    }

    SseEmitter emitter() {
        return emitter;
    }

    /** Ends the stream as soon as its writer notices; never blocks. */
    void close() {
        queue.close();
    }

    @Override
    public void run() {
        try {
            send(new Frame("snapshot", snapshot.get(), "snapshot"));
            while (!queue.isClosed()) {
                Duration left = Duration.between(Instant.now(), expiresAt);
                if (left.isNegative() || left.isZero()) {
                    break;
                }
                List<Frame> frames = queue.take(left.compareTo(heartbeat) < 0 ? left : heartbeat);
                if (frames.isEmpty() && !queue.isClosed()) {
                    emitter.send(SseEmitter.event().comment(""));
                }
                for (Frame frame : frames) {
                    send(frame);
                }
            }
        } catch (IOException | IllegalStateException e) {
            LOG.debug("An event stream of user {} ended: {}", userId, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("An event stream of user {} failed", userId, e);
        } finally {
            close();
            emitter.complete();
        }
    }

    private void send(Frame frame) throws IOException {
        emitter.send(SseEmitter.event().name(frame.event()).data(frame.data(), TEXT));
    }
}
