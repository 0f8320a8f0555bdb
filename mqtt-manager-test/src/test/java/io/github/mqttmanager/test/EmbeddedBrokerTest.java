package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(120)
class EmbeddedBrokerTest {
    @Test
    void everybodyIsLetInWithoutUsersAndIsCounted() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            assertThat(broker.connectedClients()).isZero();
            Mqtt5BlockingClient one = connected(broker, "one", null, null);
            Mqtt5BlockingClient two = connected(broker, "two", "any", "password");
            await().until(() -> broker.connectedClients() == 2);
            assertThat(broker.clientIdentifiers()).containsExactly("one", "two");
            roundTrip(one, two, "any/topic");
            one.disconnect();
            await().until(() -> broker.clientIdentifiers().equals(Set.of("two")));
            await().until(() -> broker.openConnections() == 1);
            two.disconnect();
            await().until(() -> broker.connectedClients() == 0 && broker.openConnections() == 0);
        }
    }

    @Test
    void connectionsWithoutAConnectAreCountedToo() throws IOException {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            try (Socket socket = new Socket(broker.host(), broker.port())) {
                await().until(() -> broker.openConnections() == 1);
                assertThat(broker.connectedClients()).isZero();
            }
            await().until(() -> broker.openConnections() == 0);
        }
    }

    @Test
    void onlyUsersWithTheirPasswordsAreLetIn() {
        try (EmbeddedBroker broker =
                EmbeddedBroker.builder().user("ann", "secret").start()) {
            connected(broker, "one", "ann", "secret").disconnect();
            assertRefused(broker, "ann", "wrong");
            assertRefused(broker, "bob", "secret");
            assertRefused(broker, null, null);
            await().until(() -> broker.connectedClients() == 0);
        }
    }

    @Test
    void aUserStaysBelowItsTopics() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                .user("ann", "secret", "tenants/ann/#", "shared/+")
                .user("root", "secret")
                .start()) {
            Mqtt5BlockingClient ann = connected(broker, "ann", "ann", "secret");
            Mqtt5BlockingClient root = connected(broker, "root", "root", "secret");
            roundTrip(ann, ann, "tenants/ann/x/y");
            roundTrip(root, ann, "shared/x");
            assertThatExceptionOfType(Mqtt5SubAckException.class)
                    .isThrownBy(() ->
                            ann.subscribeWith().topicFilter("tenants/bob/#").send());
            assertThatExceptionOfType(Mqtt5SubAckException.class)
                    .isThrownBy(() -> ann.subscribeWith().topicFilter("#").send());
            Mqtt5BlockingClient.Mqtt5Publishes none = root.publishes(MqttGlobalPublishFilter.ALL);
            root.subscribeWith().topicFilter("tenants/bob/#").send();
            assertThatExceptionOfType(Mqtt5PubAckException.class)
                    .isThrownBy(() -> ann.publishWith()
                            .topic("tenants/bob/x")
                            .qos(MqttQos.AT_LEAST_ONCE)
                            .send());
            root.publishWith()
                    .topic("tenants/bob/marker")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            assertThat(none.receive(10, TimeUnit.SECONDS).orElseThrow().getTopic())
                    .hasToString("tenants/bob/marker");
        }
    }

    @Test
    void aStoppedBrokerRefusesAndComesBackOnTheSamePort() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            int port = broker.port();
            Mqtt5BlockingClient client = connected(broker, "one", null, null);
            broker.stop();
            broker.stop();
            assertThat(broker.isRunning()).isFalse();
            await().until(() -> !client.getState().isConnected());
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket("127.0.0.1", port));
            assertThat(broker.connectedClients()).isZero();
            broker.start();
            broker.start();
            assertThat(broker.port()).isEqualTo(port);
            connected(broker, "one", null, null).disconnect();
        }
    }

    @Test
    void aPersistentBrokerKeepsSessionsAndMessages() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().persistent().start()) {
            Mqtt5BlockingClient subscriber = Mqtt5Client.builder()
                    .identifier("subscriber")
                    .serverHost(broker.host())
                    .serverPort(broker.port())
                    .buildBlocking();
            subscriber.connectWith().sessionExpiryInterval(3_600).send();
            subscriber
                    .subscribeWith()
                    .topicFilter("kept")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            subscriber.disconnectWith().sessionExpiryInterval(3_600).send();
            Mqtt5BlockingClient publisher = connected(broker, "publisher", null, null);
            for (int i = 0; i < 1_500; i++) {
                publisher
                        .toAsync()
                        .publishWith()
                        .topic("kept")
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .payload(Integer.toString(i).getBytes())
                        .send()
                        .get(10, TimeUnit.SECONDS);
            }
            publisher.disconnect();
            broker.stop();
            broker.start();
            try (Mqtt5BlockingClient.Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
                assertThat(subscriber
                                .connectWith()
                                .cleanStart(false)
                                .sessionExpiryInterval(3_600)
                                .send()
                                .isSessionPresent())
                        .isTrue();
                List<String> received = new ArrayList<>();
                for (int i = 0; i < 1_500; i++) {
                    received.add(new String(publishes
                            .receive(10, TimeUnit.SECONDS)
                            .orElseThrow()
                            .getPayloadAsBytes()));
                }
                assertThat(received)
                        .isEqualTo(Stream.iterate(0, i -> i + 1)
                                .limit(1_500)
                                .map(String::valueOf)
                                .toList());
            }
            subscriber.disconnect();
        }
    }

    @Test
    void aClientCanBeDisconnected() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            Mqtt5BlockingClient client = connected(broker, "one", null, null);
            await().until(() -> broker.connectedClients() == 1);
            assertThat(broker.disconnectClient("one")).isTrue();
            await().until(() -> !client.getState().isConnected() && broker.connectedClients() == 0);
            assertThat(broker.disconnectClient("one")).isFalse();
            assertThat(broker.disconnectClient("unknown")).isFalse();
        }
    }

    @Test
    void aSecondConnectionOfAClientTakesOverAndIsCountedOnce() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            Mqtt5BlockingClient old = connected(broker, "one", null, null);
            Mqtt5BlockingClient successor = connected(broker, "one", null, null);
            await().until(() -> !old.getState().isConnected());
            await().until(() -> broker.connectedClients() == 1 && broker.openConnections() == 1);
            assertThat(successor.getState().isConnected()).isTrue();
            successor.disconnect();
        }
    }

    @Test
    void twoBrokersDoNotKnowEachOther() throws Exception {
        try (EmbeddedBroker first = EmbeddedBroker.builder().user("ann", "1").start();
                EmbeddedBroker second =
                        EmbeddedBroker.builder().user("bob", "2").start()) {
            assertThat(first.port()).isNotEqualTo(second.port());
            Mqtt5BlockingClient ann = connected(first, "ann", "ann", "1");
            Mqtt5BlockingClient bob = connected(second, "bob", "bob", "2");
            assertRefused(first, "bob", "2");
            assertRefused(second, "ann", "1");
            await().until(() -> first.clientIdentifiers().equals(Set.of("ann"))
                    && second.clientIdentifiers().equals(Set.of("bob")));
            roundTrip(ann, ann, "a");
            assertThat(first.disconnectClient("bob")).isFalse();
            assertThat(second.disconnectClient("bob")).isTrue();
            first.stop();
            await().until(() -> !bob.getState().isConnected());
            Mqtt5BlockingClient again = connected(second, "again", "bob", "2");
            roundTrip(again, again, "b");
            again.disconnect();
        }
    }

    @Test
    void noFilesAreLeft() throws IOException {
        Set<Path> before = temporaryFiles();
        EmbeddedBroker broker = EmbeddedBroker.builder().persistent().start();
        Set<Path> during = temporaryFiles();
        during.removeAll(before);
        assertThat(during).anyMatch(path -> path.getFileName().toString().startsWith("embedded-broker-"));
        broker.close();
        broker.close();
        Set<Path> after = temporaryFiles();
        after.removeAll(before);
        after.removeIf(path -> !path.getFileName().toString().matches("(embedded-broker-|hivemq|[0-9]{10,}).*"));
        assertThat(after).isEmpty();
        assertThatIllegalStateException().isThrownBy(broker::start);
    }

    @Test
    void theProcessIsLeftAsItWas() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        List<Appender<ILoggingEvent>> appenders = appenders(root);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            connected(broker, "one", null, null).disconnect();
        } finally {
            root.detachAppender(log);
        }
        assertThat(appenders(root)).isEqualTo(appenders);
        assertThat(context.getTurboFilterList()).isEmpty();
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(handler);
        assertThat(System.getProperty("hivemq.home")).isNull();
        assertThat(System.getProperty("hivemq.log.folder")).isNull();
        assertThat(log.list)
                .filteredOn(event -> event.getLoggerName().startsWith("com.hivemq."))
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
    }

    @Test
    void aPortThatIsTakenIsReported() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            assertThatIllegalStateException()
                    .isThrownBy(
                            () -> EmbeddedBroker.builder().port(broker.port()).start());
        }
    }

    private static List<Appender<ILoggingEvent>> appenders(Logger logger) {
        List<Appender<ILoggingEvent>> found = new ArrayList<>();
        for (Iterator<Appender<ILoggingEvent>> each = logger.iteratorForAppenders(); each.hasNext(); ) {
            found.add(each.next());
        }
        return found;
    }

    private static Set<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return new TreeSet<>(files.toList());
        }
    }

    private static void assertRefused(EmbeddedBroker broker, String user, String password) {
        assertThatExceptionOfType(Mqtt5ConnAckException.class)
                .isThrownBy(() -> connected(broker, "refused", user, password))
                .satisfies(e -> assertThat(e.getMqttMessage().getReasonCode())
                        .isEqualTo(Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD));
    }

    private static void roundTrip(Mqtt5BlockingClient from, Mqtt5BlockingClient to, String topic)
            throws InterruptedException {
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = to.publishes(MqttGlobalPublishFilter.ALL)) {
            to.subscribeWith().topicFilter(topic).qos(MqttQos.AT_LEAST_ONCE).send();
            from.publishWith()
                    .topic(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload("hello".getBytes())
                    .send();
            Mqtt5Publish received = publishes.receive(10, TimeUnit.SECONDS).orElseThrow();
            assertThat(received.getPayloadAsBytes()).asString().isEqualTo("hello");
        }
    }

    private static Mqtt5BlockingClient connected(EmbeddedBroker broker, String id, String user, String password) {
        Mqtt5BlockingClient client = Mqtt5Client.builder()
                .identifier(id)
                .serverHost(broker.host())
                .serverPort(broker.port())
                .buildBlocking();
        if (user == null) {
            client.connect();
        } else {
            client.connectWith()
                    .simpleAuth()
                    .username(user)
                    .password(password.getBytes())
                    .applySimpleAuth()
                    .send();
        }
        return client;
    }
}
