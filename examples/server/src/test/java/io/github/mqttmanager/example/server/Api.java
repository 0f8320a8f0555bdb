package io.github.mqttmanager.example.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the server as anybody would: over HTTP. */
public final class Api {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    /** Everything that was ever answered, for whoever looks for secrets in it. */
    static final List<String> ANSWERS = new CopyOnWriteArrayList<>();

    private final String base;
    private final @Nullable String token;

    Api(String base, @Nullable String token) {
        this.base = base;
        this.token = token;
    }

    /** Of a server that a test has started by itself. */
    static Api of(ApplicationContext server) {
        return new Api("http://127.0.0.1:" + server.getEnvironment().getProperty("local.server.port"), null);
    }

    /** As this user. */
    Api signedIn(String username, String password) {
        return with(post(
                        "/api/auth/login",
                        ServerTest.json("{'username':'%s','password':'%s'}".formatted(username, password)))
                .is(200)
                .json()
                .path("access_token")
                .stringValue());
    }

    /** An answer. */
    public record Answer(String request, int status, java.net.http.HttpHeaders headers, String body) {
        public JsonNode json() {
            return JSON.readTree(body);
        }

        Optional<String> header(String name) {
            return headers.firstValue(name);
        }

        /** Fails unless the status is this. */
        public Answer is(int expected) {
            Assertions.assertThat(status).as(request + " answered " + body).isEqualTo(expected);
            return this;
        }

        /** Fails unless this is a problem with the status and the code. */
        Answer isProblem(int expected, String code) {
            is(expected);
            Assertions.assertThat(header("content-type"))
                    .as(request)
                    .hasValueSatisfying(type -> Assertions.assertThat(type).startsWith("application/problem+json"));
            Assertions.assertThat(json().path("code").stringValue()).as(request).isEqualTo(code);
            Assertions.assertThat(json().path("status").intValue()).as(request).isEqualTo(expected);
            Assertions.assertThat(json().path("title").stringValue())
                    .as(request)
                    .isNotBlank();
            Assertions.assertThat(json().path("detail").stringValue())
                    .as(request)
                    .isNotBlank();
            Assertions.assertThat(json().path("type").stringValue()).startsWith("urn:mqtt-manager:problem:");
            return this;
        }

        /** Fails unless this is a refusal of the field. */
        Answer refuses(String field) {
            isProblem(400, "INVALID");
            Assertions.assertThat(json().path("errors")
                            .valueStream()
                            .map(error -> error.path("field").stringValue()))
                    .as(request + " answered " + body)
                    .contains(field);
            Assertions.assertThat(json().path("detail").stringValue()).contains(field);
            return this;
        }
    }

    Api with(@Nullable String otherToken) {
        return new Api(base, otherToken);
    }

    public String token() {
        return String.valueOf(token);
    }

    public Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    public Answer post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    public Answer put(String path, String body, String... headers) {
        return send("PUT", path, body, headers);
    }

    public Answer delete(String path) {
        return send("DELETE", path, null);
    }

    Answer send(String method, String path, @Nullable String body, String... headers) {
        return send(
                method,
                path,
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body),
                body != null,
                headers);
    }

    Answer send(String method, String path, HttpRequest.BodyPublisher body, boolean json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body);
        if (token != null) {
            request.setHeader("Authorization", "Bearer " + token);
        }
        if (json) {
            request.setHeader("Content-Type", "application/json");
        }
        for (int i = 0; i + 1 < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            ANSWERS.add(response.headers().map() + "\n" + response.body());
            return new Answer(method + " " + path, response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens the event stream. */
    Events events() {
        return Events.open(CLIENT, URI.create(base + "/api/mqtt-brokers/events"), token());
    }
}
