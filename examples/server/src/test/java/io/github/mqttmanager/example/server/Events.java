package io.github.mqttmanager.example.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;

/** A client of the event stream. */
final class Events implements AutoCloseable {
    /** One event; a comment has no name. */
    record Event(String name, String data) {
        JsonNode json() {
            return Api.JSON.readTree(data);
        }
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final HttpResponse<Stream<String>> response;

    private Events(HttpResponse<Stream<String>> response) {
        this.response = response;
        Thread reader = new Thread(this::read, "test-events");
        reader.setDaemon(true);
        reader.start();
    }

    static Events open(HttpClient client, URI address, String token) {
        try {
            HttpResponse<Stream<String>> response = client.send(
                    HttpRequest.newBuilder(address)
                            .header("Authorization", "Bearer " + token)
                            .header("Accept", "text/event-stream")
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            Assertions.assertThat(response.statusCode()).isEqualTo(200);
            return new Events(response);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<?> response() {
        return response;
    }

    private void read() {
        String[] name = {""};
        try (Stream<String> lines = response.body()) {
            lines.forEach(line -> {
                if (line.startsWith("event:")) {
                    name[0] = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    Api.ANSWERS.add(line);
                    events.add(new Event(name[0], line.substring(5)));
                } else if (line.startsWith(":")) {
                    events.add(new Event("", line));
                }
            });
        } catch (RuntimeException e) {
            // the connection was closed
        } finally {
            ended.countDown();
        }
    }

    /** The next event of this name that fits, within thirty seconds. */
    Event await(String name, Predicate<JsonNode> fits) {
        return find(name, fits, Duration.ofSeconds(30))
                .orElseThrow(() -> new AssertionError("no event " + name + " came"));
    }

    Optional<Event> find(String name, Predicate<JsonNode> fits, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                Event event = events.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (event == null) {
                    return Optional.empty();
                }
                if (event.name().equals(name) && (name.isEmpty() || fits.test(event.json()))) {
                    return Optional.of(event);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the server ends the stream within thirty seconds. */
    boolean ends() {
        try {
            return ended.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        response.body().close();
    }
}
