package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.ProxySettings;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.connection.HostResolver;
import io.github.mqttmanager.connection.NetworkPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a definition of a tenant's says, nothing inside the host's network is ever connected to. */
class NetworkPolicyCorpusTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Counts connections to one port of several loopback addresses, and answers each with the same bytes. */
    private static final class Listener implements AutoCloseable {
        private final List<ServerSocket> sockets = new ArrayList<>();
        final AtomicInteger accepted = new AtomicInteger();
        final int port;

        Listener(byte[] answer, String... addresses) throws IOException {
            int shared = 0;
            for (String address : addresses) {
                ServerSocket socket = new ServerSocket();
                try {
                    socket.bind(new InetSocketAddress(InetAddress.getByName(address), shared));
                } catch (IOException e) {
                    // Not every machine has IPv6, or more than one loopback address.
                    socket.close();
                    continue;
                }
                sockets.add(socket);
                shared = socket.getLocalPort();
                Thread thread = new Thread(() -> serve(socket, answer), "listener " + address);
                thread.setDaemon(true);
                thread.start();
            }
            port = shared;
        }

        static Listener onLoopback() throws IOException {
            return new Listener(
                    new byte[0], "127.0.0.1", "127.0.0.2", "127.0.1.1", "127.1.2.3", "127.255.255.254", "::1");
        }

        private void serve(ServerSocket socket, byte[] answer) {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    accepted.incrementAndGet();
                    if (answer.length > 0 && connection.getInputStream().read(new byte[1_000]) > 0) {
                        OutputStream out = connection.getOutputStream();
                        out.write(answer);
                        out.flush();
                        // Until the other side has had enough.
                        while (connection.getInputStream().read() >= 0) {}
                    }
                } catch (IOException e) {
                    // closed, or the other side went
                }
            }
        }

        @Override
        public void close() throws IOException {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Answers like the machine's own, but for some names; in turn, if they have several answers. */
    private static final class Names implements HostResolver {
        private final Map<String, List<String>> answers = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

        /** @param inTurn an answer for each time, the last one for ever; addresses of one answer stand between blanks */
        void put(String name, String... inTurn) {
            answers.put(name, List.of(inTurn));
            asked.put(name, new AtomicInteger());
        }

        int asked(String name) {
            return Objects.requireNonNull(asked.get(name)).get();
        }

        @Override
        public List<InetAddress> addresses(String host) throws UnknownHostException {
            List<String> inTurn = answers.get(host);
            if (inTurn == null) {
                return HostResolver.system().addresses(host);
            }
            int time = Objects.requireNonNull(asked.get(host)).getAndIncrement();
            List<InetAddress> found = new ArrayList<>();
            for (String address : inTurn.get(Math.min(time, inTurn.size() - 1)).split(" ")) {
                found.add(InetAddress.getByName(address));
            }
            return found;
        }
    }

    private final Names names = new Names();

    private Host host(NetworkPolicy policy) {
        return new Host(
                (d, p) -> {},
                builder -> builder.networkPolicy(policy)
                        .hostResolver(names)
                        .startsPerSecond(5_000)
                        .reconnectPolicy((outage, settings, random) ->
                                outage.failure().retryable() ? Duration.ofMillis(20) : Duration.ofHours(1)));
    }

    private static void save(Host host, String id, @Nullable String owner, String name, int port) {
        save(host, id, owner, name, port, builder -> builder);
    }

    private static void save(
            Host host,
            String id,
            @Nullable String owner,
            String name,
            int port,
            UnaryOperator<BrokerDefinition.Builder> more) {
        host.manager.save(more.apply(BrokerDefinition.builder(id, name, port).owner(owner))
                .build());
    }

    private static ConnectionFailure refusal(Host host, String id) {
        host.awaitState(id, ConnectionState.FAILED, LIMIT);
        ConnectionFailure failure = host.status(id).failure();
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(FailureKind.ADDRESS_REFUSED);
        return failure;
    }

    private static void awaitFailed(Host host, int count) {
        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(host.manager.statuses())
                        .hasSize(count)
                        .filteredOn(status -> status.state() != ConnectionState.FAILED)
                        .extracting(status -> status.broker() + " " + status.failure())
                        .isEmpty());
    }

    private static List<String> unambiguous(String address) {
        List<String> notations = new ArrayList<>(RefusedAddresses.notations(address));
        // The interface of a zone must exist, and is called differently elsewhere.
        notations.removeIf(notation -> RefusedAddresses.isAmbiguous(notation) || notation.contains("%"));
        return notations;
    }

    @Test
    void theCorpusIsLargeEnough() throws Exception {
        Set<InetAddress> different = new HashSet<>();
        for (String address : RefusedAddresses.all()) {
            different.add(InetAddress.getByName(address));
            assertThat(unambiguous(address)).as(address).hasSizeGreaterThanOrEqualTo(3);
        }
        assertThat(different).hasSizeGreaterThanOrEqualTo(250);
    }

    @Test
    void thePolicyRefusesAllOfThemHoweverTheyAreWritten() throws Exception {
        BrokerDefinition owned =
                BrokerDefinition.builder("m", "h", 1883).owner("tenant").build();
        List<String> permitted = new ArrayList<>();
        for (String address : RefusedAddresses.all()) {
            for (String notation : unambiguous(address)) {
                if (NetworkPolicy.publicForOwned().permits(owned, InetAddress.getByName(notation), 1883)) {
                    permitted.add(notation);
                }
            }
        }
        assertThat(permitted).isEmpty();
    }

    @Test
    void aManagerConnectsToNoneOfThem() throws Exception {
        try (Listener listener = Listener.onLoopback();
                Host host = host(NetworkPolicy.publicForOwned())) {
            Set<String> all = new LinkedHashSet<>();
            Set<String> unambiguous = new HashSet<>();
            RefusedAddresses.all().forEach(address -> {
                all.addAll(RefusedAddresses.notations(address));
                unambiguous.addAll(unambiguous(address));
            });
            // Names, and what the machine itself makes of them.
            all.addAll(List.of("localhost", "LOCALHOST", "LocalHost", "ip6-localhost"));
            List<String> notations = List.copyOf(all);
            for (int i = 0; i < notations.size(); i++) {
                save(host, "m" + i, "tenant", notations.get(i), listener.port);
            }
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .untilAsserted(() -> assertThat(host.manager.statuses())
                            .hasSize(notations.size())
                            .filteredOn(status -> status.failure() == null)
                            .isEmpty());
            int refused = 0;
            for (int i = 0; i < notations.size(); i++) {
                String notation = notations.get(i);
                FailureKind kind =
                        Objects.requireNonNull(host.status("m" + i).failure()).kind();
                if (unambiguous.contains(notation)) {
                    assertThat(kind).as(notation).isEqualTo(FailureKind.ADDRESS_REFUSED);
                    refused++;
                } else if (RefusedAddresses.isAmbiguous(notation) && notation.matches("[0-9x].*")) {
                    assertThat(kind).as(notation).isEqualTo(FailureKind.DNS_UNKNOWN_HOST);
                } else {
                    assertThat(kind)
                            .as(notation)
                            .isIn(FailureKind.ADDRESS_REFUSED, FailureKind.DNS_UNKNOWN_HOST, FailureKind.DNS_TIMEOUT);
                }
            }
            assertThat(refused).isGreaterThanOrEqualTo(3 * 250);
            assertThat(listener.accepted).hasValue(0);

            // The listener would have noticed: the host's own definitions reach it.
            for (String own : List.of("127.0.0.1", "::ffff:127.0.0.1", "localhost")) {
                int before = listener.accepted.get();
                save(host, "own-" + before, null, own, listener.port);
                await().untilAsserted(() -> assertThat(listener.accepted).hasValueGreaterThan(before));
                host.manager.disconnect(BrokerId.of("own-" + before));
                host.awaitState("own-" + before, ConnectionState.DISCONNECTED);
            }
        }
    }

    @Test
    void norThroughAProxyNorToAProxy() throws Exception {
        names.put("public.example", "8.8.8.8");
        try (Listener listener = Listener.onLoopback();
                Host host = host(NetworkPolicy.publicForOwned())) {
            int count = 0;
            for (String address : RefusedAddresses.all()) {
                for (ProxySettings.Type type : ProxySettings.Type.values()) {
                    ProxySettings refused = new ProxySettings(type, Endpoint.of(address, listener.port), null);
                    ProxySettings allowed = new ProxySettings(type, Endpoint.of("public.example", 1080), null);
                    save(host, "m" + count++, "tenant", "public.example", 1883, builder -> builder.proxy(refused));
                    save(host, "m" + count++, "tenant", address, listener.port, builder -> builder.proxy(allowed));
                }
            }
            awaitFailed(host, count);
            assertThat(host.manager.statuses())
                    .allSatisfy(status -> assertThat(
                                    Objects.requireNonNull(status.failure()).kind())
                            .isEqualTo(FailureKind.ADDRESS_REFUSED));
            assertThat(listener.accepted).hasValue(0);
        }
    }

    /** One loopback address plays the public internet. */
    private static NetworkPolicy publicIs(String address) throws UnknownHostException {
        InetAddress allowed = InetAddress.getByName(address);
        return (definition, asked, port) ->
                asked.equals(allowed) || NetworkPolicy.publicForOwned().permits(definition, asked, port);
    }

    @Test
    void aNameThatChangesItsAnswerAfterTheCheckGainsNothing() throws Exception {
        try (Listener inside = new Listener(new byte[0], "127.0.0.1", "127.1.2.3", "::1");
                Listener outside = new Listener(new byte[0], "127.0.0.9");
                Host host = host(publicIs("127.0.0.9"))) {
            List<String> insides = List.of("127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1");
            for (int i = 0; i < 60; i++) {
                String name = "rebind-" + i + ".example";
                String other = insides.get(i % insides.size());
                // Once or several times the one, from then on the other, also beside the one.
                switch (i % 3) {
                    case 0 -> names.put(name, "127.0.0.9", other);
                    case 1 -> names.put(name, "127.0.0.9", "127.0.0.9", "127.0.0.9", other);
                    default -> names.put(name, "127.0.0.9", "127.0.0.9 " + other);
                }
                save(host, "m" + i, "tenant", name, i % 2 == 0 ? inside.port : outside.port);
            }
            awaitFailed(host, 60);
            assertThat(inside.accepted).hasValue(0);
            assertThat(outside.accepted).as("what was allowed was connected to").hasValueGreaterThan(0);
            for (int i = 0; i < 60; i++) {
                assertThat(names.asked("rebind-" + i + ".example"))
                        .as("asked once for each attempt, and never between check and use")
                        .isEqualTo(i % 3 == 1 ? 4 : 2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.9 127.0.0.1",
                "127.0.0.1 127.0.0.9",
                "127.0.0.9 127.0.0.9 127.0.0.9 ::1",
                "127.0.0.9 10.0.0.1",
                "127.0.0.9 169.254.169.254",
                "127.0.0.9 fd00:ec2::254"
            })
    void aNameWithOneForbiddenAddressIsRefusedAltogether(String answer) throws Exception {
        names.put("mixed.example", answer);
        try (Listener listener = new Listener(new byte[0], "127.0.0.9", "127.0.0.1", "::1");
                Host host = host(publicIs("127.0.0.9"))) {
            save(host, "m", "tenant", "mixed.example", listener.port);
            refusal(host, "m");
            assertThat(listener.accepted).hasValue(0);
        }
    }

    @Test
    void aRefusalDoesNotTellWhatIsThere() throws Exception {
        names.put("open.internal.example", "127.0.0.1");
        names.put("closed.internal.example", "127.0.0.1");
        names.put("away.internal.example", "10.11.12.13");
        try (Listener listener = Listener.onLoopback();
                Host host = host(NetworkPolicy.publicForOwned())) {
            int closed = Mosquitto.freePort();
            save(host, "open", "tenant", "open.internal.example", listener.port);
            save(host, "closed", "tenant", "closed.internal.example", closed);
            save(host, "away", "tenant", "away.internal.example", 1883);
            save(host, "address", "tenant", "10.11.12.13", 1883);
            Set<String> said = new HashSet<>();
            for (String id : List.of("open", "closed", "away", "address")) {
                ConnectionFailure failure = refusal(host, id);
                String typed = id.equals("address") ? "10.11.12.13" : id + ".internal.example";
                String words = failure.message() + failure.remedy();
                assertThat(words).contains(typed);
                if (!id.equals("address")) {
                    assertThat(words).doesNotContain("127.").doesNotContain("10.11");
                }
                said.add(words.replace(typed, "HOST") + failure.stage() + failure.reasonCode() + failure.retryable());
                assertThat(host.status(id).certificate()).isNull();
            }
            assertThat(said).as("the same for all").hasSize(1);
            assertThat(listener.accepted).hasValue(0);
        }
    }

    private static byte[] packet(int type, byte[] head, int port) {
        byte[] reference = ("127.0.0.1:" + port).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(type);
        packet.write(head.length + 1 + 3 + reference.length);
        packet.writeBytes(head);
        packet.write(3 + reference.length);
        packet.write(0x1C);
        packet.write(0);
        packet.write(reference.length);
        packet.writeBytes(reference);
        return packet.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x9C, 0x9D})
    void aBrokerThatNamesAnotherServerIsNotFollowed(int code) throws Exception {
        try (Listener target = Listener.onLoopback()) {
            byte[] refusal = packet(0x20, new byte[] {0, (byte) code}, target.port);
            ByteArrayOutputStream acceptanceFirst = new ByteArrayOutputStream();
            acceptanceFirst.writeBytes(new byte[] {0x20, 3, 0, 0, 0});
            acceptanceFirst.writeBytes(packet(0xE0, new byte[] {(byte) code}, target.port));
            for (byte[] answer : List.of(refusal, acceptanceFirst.toByteArray())) {
                try (Listener first = new Listener(answer, "127.0.0.1");
                        Host host = host(NetworkPolicy.everything())) {
                    save(host, "m", null, "127.0.0.1", first.port);
                    host.awaitState("m", ConnectionState.FAILED, LIMIT);
                    ConnectionFailure failure = host.status("m").failure();
                    assertThat(failure).isNotNull();
                    assertThat(failure.kind()).isEqualTo(FailureKind.MQTT_REDIRECT);
                    assertThat(failure.message()).contains("127.0.0.1:" + target.port);
                    await().during(Duration.ofMillis(500))
                            .atMost(Duration.ofSeconds(2))
                            .until(() -> target.accepted.get() == 0 && first.accepted.get() == 1);
                }
            }
        }
    }
}
