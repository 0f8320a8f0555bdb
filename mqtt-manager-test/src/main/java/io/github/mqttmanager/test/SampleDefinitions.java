package io.github.mqttmanager.test;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.broker.ReconnectSettings;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.Transport;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Definitions and devices that use every field, generated from a seed: the same seed gives the same samples, except for private
 * keys. All are new (version 0) and their ids differ. Not thread-safe.
 *
 * <pre>{@code
 * SampleDefinitions samples = new SampleDefinitions(42);
 * BrokerDefinition broker = repository.save(samples.broker());
 * }</pre>
 */
public final class SampleDefinitions {
    /** Letters of several scripts, a combining mark, a character outside the basic plane, and what needs quoting. */
    private static final String[] WORDS = {
        "Halle",
        "größe",
        "工場",
        "مصنع",
        "e\u0301tage",
        "🛰",
        "O'Brien",
        "\"quoted\"",
        "a|b",
        "50%",
        "back\\slash",
        "x;--",
        "{y}",
        "a:b"
    };

    private final Random random;
    private final String certificate;
    private int next;

    public SampleDefinitions(long seed) {
        random = new Random(seed);
        certificate = resource("sample-certificate.pem");
    }

    /** A certificate that nobody should trust, in PEM. */
    public String certificate() {
        return certificate;
    }

    /** A new private key in PEM. */
    public Secret privateKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
            return Secret.of("-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A broker with the defaults: host and port only. */
    public BrokerDefinition plainBroker() {
        return BrokerDefinition.builder("broker-" + ++next, "broker.example.org", 1883)
                .build();
    }

    /** A broker in which every field is set and differs from its default. */
    public BrokerDefinition fullBroker() {
        return BrokerDefinition.builder("full-" + ++next, "one.example.org", 8884)
                .name("Everything " + text(60))
                .owner("tenant " + text(20))
                .endpoints(List.of(
                        Endpoint.of("one.example.org", 8884),
                        Endpoint.of("2001:db8::17", 443),
                        Endpoint.of("fe80::1%eth0", 1),
                        Endpoint.of("192.0.2.7", 65_535),
                        Endpoint.of("bücher.example", 8885)))
                .transport(Transport.SECURE_WEBSOCKET)
                .tls(new TlsSettings(
                        new TlsSettings.Authorities(certificate),
                        new TlsSettings.ClientCertificate(certificate, privateKey()),
                        false,
                        TlsSettings.Version.TLS_1_3))
                .webSocket(new WebSocketSettings(
                        "/mqtt?token=a:b&c=\u00fc",
                        Map.of("X-Token", "s3cret: with, separators; = and \u00fc", "X-Empty", "", "x-token", "lower")))
                .proxy(new ProxySettings(
                        ProxySettings.Type.HTTP,
                        Endpoint.of("proxy.example.org", 3128),
                        new Credentials("proxy user", Secret.of("proxy password \u00fc"))))
                .credentials(new Credentials("user:\u00fc", Secret.of(new byte[] {0, 1, (byte) 0xFF, '\n', 'x'})))
                .mqttVersion(MqttVersion.V5)
                .clientIdentifier("client " + text(30))
                .keepAlive(Duration.ofSeconds(33, 123_456_789))
                .session(new SessionSettings(true, Duration.ofSeconds(0xFFFF_FFFFL), 65_535, 268_435_460))
                .will(new Will(
                        TopicName.of("status/" + text(20).replace('+', '-').replace('#', '-')),
                        new byte[] {0, 'b', (byte) 0x80, '\n'},
                        QoS.EXACTLY_ONCE,
                        true,
                        Duration.ofMillis(12_345)))
                .birth(new Birth(
                        TopicName.of("birth/" + text(20).replace('+', '-').replace('#', '-')),
                        new byte[] {1, 'b', (byte) 0xFF, '\r'},
                        QoS.EXACTLY_ONCE,
                        true))
                .reconnect(new ReconnectSettings(
                        Duration.ofMillis(50),
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(4),
                        Duration.ofHours(5),
                        Duration.ofNanos(6)))
                .active(false)
                .build();
    }

    /** A broker in which each field is set or not, by chance. */
    public BrokerDefinition broker() {
        boolean old = random.nextBoolean();
        return BrokerDefinition.builder("b" + ++next + "-" + random.nextInt(1_000), host(), port())
                .name(text(100))
                .owner(random.nextBoolean() ? text(100) : null)
                .endpoints(list(1 + random.nextInt(16), () -> Endpoint.of(host(), port())))
                .transport(Transport.values()[random.nextInt(Transport.values().length)])
                .clientIdentifier(random.nextBoolean() ? text(128) : null)
                .mqttVersion(old ? MqttVersion.V3_1_1 : MqttVersion.V5)
                .credentials(random.nextBoolean() ? credentials(old) : null)
                .keepAlive(between(Duration.ofSeconds(5), Duration.ofHours(1)))
                .session(new SessionSettings(
                        random.nextBoolean(),
                        between(Duration.ZERO, Duration.ofDays(40)),
                        1 + random.nextInt(65_535),
                        1_024 + random.nextInt(1_000_000)))
                .will(random.nextBoolean() ? will() : null)
                .birth(random.nextBoolean() ? birth() : null)
                .proxy(random.nextInt(3) == 0 ? proxy() : null)
                .reconnect(reconnect())
                .active(random.nextBoolean())
                .build();
    }

    /** As {@link #broker}, with TLS and WebSocket settings where its transport uses them. */
    public BrokerDefinition secureBroker() {
        BrokerDefinition.Builder builder = broker().toBuilder();
        if (random.nextBoolean()) {
            builder.webSocket(webSocket());
        }
        return builder.tls(tls()).build();
    }

    /** So many brokers of all sorts. */
    public List<BrokerDefinition> brokers(int count) {
        return list(count, () -> switch (random.nextInt(4)) {
            case 0 -> plainBroker();
            case 1 -> secureBroker();
            default -> broker();
        });
    }

    /** A device with the defaults. */
    public Device plainDevice(BrokerId broker) {
        String id = "device-" + ++next;
        return Device.builder(DeviceId.of(id), broker, id).build();
    }

    /** A device in which each field is set or not, by chance. */
    public Device device(BrokerId broker) {
        int number = ++next;
        String allowed = "abcXYZ019._~:-";
        StringBuilder topicName = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            topicName.append(allowed.charAt(random.nextInt(allowed.length())));
        }
        return Device.builder(
                        DeviceId.of("d" + number + "é🛰"),
                        broker,
                        topicName.append(number).toString())
                .name(text(100))
                .owner(random.nextBoolean() ? text(100) : null)
                .type(random.nextBoolean() ? text(50) : null)
                .telemetryTopics(list(
                        1 + random.nextInt(16),
                        () -> TopicTemplate.of(levels() + (random.nextBoolean() ? "/{device_id}" : "") + "/"
                                + (random.nextBoolean() ? "+/" : "") + (random.nextBoolean() ? "#" : "end"))))
                .commandTopic(random.nextBoolean() ? TopicTemplate.of(levels() + "/{device_id}") : null)
                .availability(random.nextBoolean() ? availability() : null)
                .expectedInterval(between(Duration.ofSeconds(1), Duration.ofDays(7)))
                .build();
    }

    private Availability availability() {
        TopicTemplate topic = TopicTemplate.of(levels() + (random.nextBoolean() ? "/{device_id}" : "") + "/status");
        return random.nextBoolean()
                ? Availability.of(topic.value())
                : new Availability(topic, text(900) + " up", text(900) + " down");
    }

    /** So many devices of one broker. */
    public List<Device> devices(BrokerId broker, int count) {
        return list(count, () -> random.nextInt(4) == 0 ? plainDevice(broker) : device(broker));
    }

    private TlsSettings tls() {
        TlsSettings.Trust trust = switch (random.nextInt(4)) {
            case 0 -> new TlsSettings.SystemTrust();
            case 1 -> new TlsSettings.Authorities("# comment\n" + certificate + certificate);
            case 2 ->
                new TlsSettings.Pinned(String.format("%016x", random.nextLong()).repeat(4));
            default -> new TlsSettings.Bundle(text(100));
        };
        return new TlsSettings(
                trust,
                random.nextBoolean()
                        ? new TlsSettings.ClientCertificate("# " + text(100) + "\n" + certificate, privateKey())
                        : null,
                random.nextBoolean(),
                TlsSettings.Version.values()[random.nextInt(TlsSettings.Version.values().length)]);
    }

    private WebSocketSettings webSocket() {
        Map<String, String> headers = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.put("X-" + random.nextInt(100), random.nextInt(4) == 0 ? "" : text(200));
        }
        return new WebSocketSettings("/" + levels(), headers);
    }

    private ProxySettings proxy() {
        return new ProxySettings(
                ProxySettings.Type.values()[random.nextInt(ProxySettings.Type.values().length)],
                Endpoint.of(host(), port()),
                random.nextBoolean() ? credentials(false) : null);
    }

    private Credentials credentials(boolean usernameNeeded) {
        boolean username = usernameNeeded || random.nextBoolean();
        boolean password = !username || random.nextBoolean();
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return new Credentials(username ? text(200) : null, password ? Secret.of(bytes) : null);
    }

    private Will will() {
        byte[] payload = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(65_536)];
        random.nextBytes(payload);
        return new Will(
                TopicName.of(levels()),
                payload,
                QoS.of(random.nextInt(3)),
                random.nextBoolean(),
                between(Duration.ZERO, Duration.ofDays(365)));
    }

    private Birth birth() {
        byte[] payload = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(65_536)];
        random.nextBytes(payload);
        return new Birth(TopicName.of(levels()), payload, QoS.of(1 + random.nextInt(2)), random.nextBoolean());
    }

    private ReconnectSettings reconnect() {
        Duration initial = between(Duration.ofMillis(10), Duration.ofSeconds(10));
        Duration early = initial.plus(between(Duration.ZERO, Duration.ofMinutes(1)));
        Duration late = early.plus(between(Duration.ZERO, Duration.ofMinutes(10)));
        return new ReconnectSettings(
                initial,
                early,
                between(Duration.ZERO, Duration.ofHours(1)),
                late,
                between(Duration.ZERO, Duration.ofHours(1)));
    }

    private Duration between(Duration min, Duration max) {
        return min.plusNanos((long) (random.nextDouble() * max.minus(min).toNanos()));
    }

    private String host() {
        return switch (random.nextInt(4)) {
            case 0 -> "10.0." + random.nextInt(256) + "." + random.nextInt(256);
            case 1 -> "2001:db8::" + Integer.toHexString(random.nextInt(0x10000));
            case 2 -> "größe-" + random.nextInt(1_000) + ".example";
            default -> "host_" + random.nextInt(1_000) + ".example.org.";
        };
    }

    private int port() {
        return 1 + random.nextInt(65_535);
    }

    private String levels() {
        StringBuilder text = new StringBuilder("t").append(random.nextInt(100));
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append('/')
                    .append(List.of("halle", "größe", "工場", "🛰", "a b", "", "$x")
                            .get(random.nextInt(7)));
        }
        return text.toString();
    }

    /** 1 to so many characters, no blank at the ends. */
    private String text(int max) {
        StringBuilder text = new StringBuilder(word());
        for (int i = random.nextInt(12); i > 0; i--) {
            String more = " " + word();
            if (text.length() + more.length() <= max) {
                text.append(more);
            }
        }
        return text.toString();
    }

    private String word() {
        return WORDS[random.nextInt(WORDS.length)];
    }

    private static <T> List<T> list(int count, Supplier<T> each) {
        List<T> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(each.get());
        }
        return list;
    }

    private static String resource(String name) {
        try (@Nullable InputStream in = SampleDefinitions.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
