package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.connection.ConnectionTest;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.web.Attempts;
import io.github.mqttmanager.example.server.web.ProblemException;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Connection tests of users, bounded in number and speed: they make this server connect to wherever somebody likes. A test ends with the
 * request. The web server notices that a client is gone only when it writes to it, so blanks are sent while a test runs, which JSON
 * allows before its first brace.
 */
@Component
class ConnectionTests {
    private static final Duration LONGEST = Duration.ofSeconds(90);
    private static final Duration BLANKS_EVERY = Duration.ofMillis(500);
    private static final MediaType TEXT = new MediaType("text", "plain", StandardCharsets.UTF_8);

    private final MqttManager manager;
    private final JsonMapper json;
    private final int atOnce;
    private final Attempts begun;
    private final Map<Long, Integer> running = new ConcurrentHashMap<>();
    private final Set<CompletableFuture<ConnectionTest>> tests = ConcurrentHashMap.newKeySet();

    /** Writes all answers: they are short and never wait for their readers. */
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "connection-tests");
        thread.setDaemon(true);
        return thread;
    });

    ConnectionTests(MqttManager manager, JsonMapper json, ServerProperties properties) {
        this.manager = manager;
        this.json = json;
        this.atOnce = properties.tests().atOnce();
        int perMinute = properties.tests().perMinute();
        this.begun = new Attempts(perMinute, Duration.ofMinutes(1).dividedBy(perMinute), Clock.systemUTC());
    }

    /**
     * Begins a test.
     *
     * @return the answer, which ends with the test, as the test does with it
     * @throws ProblemException if the user has begun too many
     */
    ResponseBodyEmitter begin(long userId, BrokerDefinition definition) {
        Duration wait = begun.take(Long.toString(userId));
        if (!wait.isZero()) {
            throw ProblemException.tooManyAttempts(wait);
        }
        enter(userId);
        CompletableFuture<ConnectionTest> test = test(definition);
        tests.add(test);
        ResponseBodyEmitter answer = new ResponseBodyEmitter(LONGEST.toMillis());
        answer.onTimeout(() -> test.cancel(true));
        answer.onError(e -> test.cancel(true));
        answer.onCompletion(() -> test.cancel(true));
        Future<?> blanks = writer.scheduleWithFixedDelay(
                () -> blank(answer, test), BLANKS_EVERY.toMillis(), BLANKS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        test.whenCompleteAsync(
                (found, failure) -> {
                    blanks.cancel(false);
                    tests.remove(test);
                    leave(userId);
                    end(answer, found, failure);
                },
                writer);
        return answer;
    }

    private CompletableFuture<ConnectionTest> test(BrokerDefinition definition) {
        try {
            return manager.testConnection(definition);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void enter(long userId) {
        running.compute(userId, (user, count) -> {
            int now = count == null ? 0 : count;
            if (now >= atOnce) {
                throw ProblemException.tooManyAttempts(Duration.ofSeconds(5));
            }
            return now + 1;
        });
    }

    private void leave(long userId) {
        running.computeIfPresent(userId, (user, count) -> count == 1 ? null : count - 1);
    }

    private static void blank(ResponseBodyEmitter answer, CompletableFuture<ConnectionTest> test) {
        try {
            answer.send(" ", TEXT);
        } catch (IOException | IllegalStateException e) {
            test.cancel(true);
        }
    }

    private void end(ResponseBodyEmitter answer, @Nullable ConnectionTest found, @Nullable Throwable failure) {
        if (found == null) {
            answer.completeWithError(failure == null ? new IllegalStateException("the test found nothing") : failure);
            return;
        }
        try {
            answer.send(json.writeValueAsString(ConnectionTestView.of(found)), TEXT);
            answer.complete();
        } catch (IOException | IllegalStateException e) {
            // gone in the last moment: nobody is left to be told
            answer.completeWithError(e);
        }
    }

    /** Answers that are under way would keep the web server from stopping. */
    @EventListener(ContextClosedEvent.class)
    void closing() {
        tests.forEach(test -> test.cancel(true));
    }

    @PreDestroy
    void close() {
        closing();
        writer.shutdownNow();
    }
}
