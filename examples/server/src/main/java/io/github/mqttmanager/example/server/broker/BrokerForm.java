package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.broker.Birth;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.Credentials;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.Secret;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.Transport;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.example.server.web.ProblemException;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a definition from a request, on top of the current one if there is any. */
final class BrokerForm {
    private static final int MAX_PEM = 60_000;
    private static final int MAX_PAYLOAD = 8_000;

    private final RequestFields fields;
    private final @Nullable BrokerDefinition current;

    private BrokerForm(RequestFields fields, @Nullable BrokerDefinition current) {
        this.fields = fields;
        this.current = current;
    }

    /** A new definition that still wants its id and owner. */
    static BrokerDefinition.Builder create(RequestFields fields) {
        return new BrokerForm(fields, null).read();
    }

    /** @throws ProblemException also if the request was made for another version */
    static BrokerDefinition update(RequestFields fields, BrokerDefinition current) {
        long version = fields.number("version", current.version(), 0, Long.MAX_VALUE);
        BrokerDefinition changed = new BrokerForm(fields, current).read().build();
        if (version != current.version()) {
            throw ProblemException.stale("broker", current.version());
        }
        return changed;
    }

    /** A definition to be tried, made from nothing or on top of a stored one. It still wants its owner. */
    static BrokerDefinition.Builder trial(RequestFields fields, @Nullable BrokerDefinition stored) {
        return new BrokerForm(fields, stored).read();
    }

    private BrokerDefinition.Builder read() {
        String name = fields.text("broker_name", current == null ? null : current.name(), 100);
        Endpoint now = current == null ? null : current.endpoints().get(0);
        String host = fields.text("broker_host", now == null ? null : now.host(), 253);
        if (fields.isFine("broker_host")) {
            fields.accept("broker_host", "host", () -> Endpoint.of(host, 1));
        }
        int port = (int) fields.number("broker_port", now == null ? null : (long) now.port(), 1, 65_535);
        boolean active = fields.flag("is_active", current == null || current.active());
        MqttVersion version = version();
        String clientId = fields.optionalText("client_id", current == null ? null : current.clientIdentifier(), 128);
        boolean secure =
                fields.flag("tls", current != null && current.transport().isSecure());
        TlsSettings tls = tls();
        long keepAlive = fields.number(
                "keep_alive", current == null ? 20 : current.keepAlive().toSeconds(), 5, 3600);
        boolean cleanStart =
                fields.flag("clean_start", current != null && current.session().cleanStart());
        boolean elsewhere = current != null
                && fields.isFine("broker_host")
                && fields.isFine("broker_port")
                && !at(host, port, secure, tls).build().mayReuseSecretsOf(current);
        Credentials credentials = credentials(version, elsewhere);
        Will will = will();
        Birth birth = birth();
        fields.check();

        return at(host, port, secure, tls)
                .name(name)
                .credentials(credentials)
                .active(active)
                .mqttVersion(version)
                .clientIdentifier(clientId)
                .will(will)
                .birth(birth)
                .keepAlive(Duration.ofSeconds(keepAlive))
                .session((current == null ? SessionSettings.DEFAULT : current.session()).withCleanStart(cleanStart));
    }

    /** A new definition, or the current one, at this address. */
    private BrokerDefinition.Builder at(String host, int port, boolean secure, TlsSettings tls) {
        Endpoint endpoint = Endpoint.of(host, port);
        BrokerDefinition.Builder builder =
                current == null ? BrokerDefinition.builder("new", host, port) : current.toBuilder();
        if (current != null && !current.endpoints().get(0).equals(endpoint)) {
            builder.endpoints(List.of(endpoint));
        }
        Transport plain = current == null ? Transport.TCP : withoutTls(current.transport());
        return builder.tls(tls).transport(secure ? withTls(plain) : plain);
    }

    private MqttVersion version() {
        String text = fields.text(
                "protocol_version", (current == null ? MqttVersion.V5 : current.mqttVersion()).toString(), 10);
        for (MqttVersion version : MqttVersion.values()) {
            if (version.toString().equals(text)) {
                return version;
            }
        }
        fields.refuse("protocol_version", "must be \"5\" or \"3.1.1\"");
        return MqttVersion.V5;
    }

    private TlsSettings tls() {
        TlsSettings tls = current == null ? TlsSettings.SYSTEM : current.tls();
        if (fields.has("ca_certificate")) {
            String pem = fields.rawText("ca_certificate", MAX_PEM);
            TlsSettings.Trust trust = pem == null
                    ? new TlsSettings.SystemTrust()
                    : fields.accept("ca_certificate", "CA certificate", () -> new TlsSettings.Authorities(pem));
            tls = trust == null ? tls : tls.withTrust(trust);
        }
        return tls.withVerifyHostname(fields.flag("verify_hostname", tls.verifyHostname()));
    }

    private @Nullable Credentials credentials(MqttVersion version, boolean elsewhere) {
        Credentials stored = current == null ? null : current.credentials();
        String username = fields.optionalText("username", stored == null ? null : stored.username(), 1000);
        Secret password = stored == null ? null : stored.password();
        if (fields.has("password")) {
            String sent = fields.rawText("password", 1000);
            if (sent != null && sent.isEmpty()) {
                fields.refuse("password", "must not be empty; leave it out or send null for none");
            }
            password = sent == null ? null : Secret.of(sent);
        } else if (password != null && elsewhere) {
            fields.refuse(
                    "password",
                    "must be sent again when the host, the port or the TLS settings change, or null for none");
        }
        if (password != null && username == null && version == MqttVersion.V3_1_1) {
            fields.refuse("username", "is needed with a password in MQTT 3.1.1");
            return null;
        }
        return username == null && password == null ? null : new Credentials(username, password);
    }

    private @Nullable Will will() {
        if (!fields.has("will")) {
            return current == null ? null : current.will();
        }
        RequestFields sent = fields.object("will");
        if (sent == null) {
            return null;
        }
        TopicName topic = topic(sent);
        byte[] payload = payload(sent);
        QoS qos = QoS.of((int) sent.number("qos", 1L, 0, 2));
        boolean retain = sent.flag("retain", false);
        Duration delay = Duration.ofSeconds(sent.number("delay", 0L, 0, 31_536_000));
        return topic == null
                ? null
                : sent.accept(
                        "payload", "length of the will's payload", () -> new Will(topic, payload, qos, retain, delay));
    }

    private @Nullable Birth birth() {
        if (!fields.has("birth")) {
            return current == null ? null : current.birth();
        }
        RequestFields sent = fields.object("birth");
        if (sent == null) {
            return null;
        }
        TopicName topic = topic(sent);
        byte[] payload = payload(sent);
        QoS qos = QoS.of((int) sent.number("qos", 1L, 1, 2));
        boolean retain = sent.flag("retain", false);
        return topic == null
                ? null
                : sent.accept(
                        "payload",
                        "length of the birth message's payload",
                        () -> new Birth(topic, payload, qos, retain));
    }

    private static @Nullable TopicName topic(RequestFields sent) {
        String text = sent.text("topic", null, 1000);
        return sent.isFine("topic") ? sent.accept("topic", "topic name", () -> TopicName.of(text)) : null;
    }

    private static byte[] payload(RequestFields sent) {
        String text = sent.rawText("payload", MAX_PAYLOAD);
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }

    private static Transport withoutTls(Transport transport) {
        return transport.isWebSocket() ? Transport.WEBSOCKET : Transport.TCP;
    }

    private static Transport withTls(Transport transport) {
        return transport.isWebSocket() ? Transport.SECURE_WEBSOCKET : Transport.TLS;
    }
}
