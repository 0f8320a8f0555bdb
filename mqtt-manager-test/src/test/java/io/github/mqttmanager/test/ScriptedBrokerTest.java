package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.topic.QoS;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ScriptedBrokerTest {
    private static final byte[] CONNECT_5 = hex("10 10 0004 4d515454 05 02 003c 00 0003 616263");
    private static final byte[] CONNECT_3 = hex("10 0f 0004 4d515454 04 02 003c 0003 616263");

    private final ScriptedBroker broker = ScriptedBroker.start();

    @AfterEach
    void nothingIsLeftWhenItIsClosed() {
        broker.close();
        broker.close();
        assertThat(broker.openConnections()).isZero();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("scripted-broker-" + broker.port()));
        assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
    }

    @Test
    void speaksJustEnoughOfMqtt5() throws IOException {
        try (Socket client = connect()) {
            exchange(client, CONNECT_5, "20 03 00 00 00");
            exchange(client, hex("82 09 0007 00 0003 612f62 01"), "90 04 0007 00 01");
            exchange(client, hex("82 0e 0008 00 0001 61 02 0004 622f2363 00"), "90 05 0008 00 02 00");
            exchange(client, hex("a2 08 0009 00 0003 612f62"), "b0 04 0009 00 00");
            exchange(client, hex("32 07 0001 61 000a 00 ff"), "40 02 000a");
            exchange(client, hex("34 07 0001 61 000b 00 ff"), "50 02 000b");
            exchange(client, hex("62 02 000b"), "70 02 000b");
            exchange(client, hex("50 02 000c"), "62 02 000c");
            exchange(client, hex("c0 00"), "d0 00");
            client.getOutputStream().write(hex("e0 00"));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(broker.received())
                .extracting(ReceivedPacket::type)
                .containsExactly(
                        PacketType.CONNECT,
                        PacketType.SUBSCRIBE,
                        PacketType.SUBSCRIBE,
                        PacketType.UNSUBSCRIBE,
                        PacketType.PUBLISH,
                        PacketType.PUBLISH,
                        PacketType.PUBREL,
                        PacketType.PUBREC,
                        PacketType.PINGREQ,
                        PacketType.DISCONNECT);
    }

    @Test
    void speaksJustEnoughOfMqtt311() throws IOException {
        try (Socket client = connect()) {
            exchange(client, CONNECT_3, "20 02 00 00");
            exchange(client, hex("82 08 0007 0003 612f62 01"), "90 03 0007 01");
            exchange(client, hex("a2 07 0009 0003 612f62"), "b0 02 0009");
            exchange(client, hex("32 06 0001 61 000a ff"), "40 02 000a");
            assertThat(broker.connections()).singleElement().satisfies(connection -> {
                assertThat(connection.version()).isEqualTo(4);
                assertThat(connection.clientIdentifier()).isEqualTo("abc");
            });
        }
    }

    @Test
    void answersAsItIsTold() throws IOException {
        broker.on(PacketType.CONNECT, Reaction.connAck(0x89, "later", "there"));
        expectAnswerAndEnd(CONNECT_5, "20 13 00 89 10 1c 0005 7468657265 1f 0005 6c61746572");
        broker.on(PacketType.CONNECT, Reaction.connAck(3));
        expectAnswerAndEnd(CONNECT_3, "20 02 00 03");
        broker.on(PacketType.CONNECT, Reaction.send(hex("ff ff ff")).then(Reaction.close()));
        expectAnswerAndEnd(CONNECT_3, "ff ff ff");
        broker.on(PacketType.CONNECT, Reaction.reset());
        try (Socket client = connect()) {
            client.getOutputStream().write(CONNECT_3);
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> client.getInputStream().read());
        }
        broker.behave().on(PacketType.SUBSCRIBE, Reaction.subAck(0x87)).on(PacketType.PUBLISH, Reaction.pubAck(0x97));
        try (Socket client = connect()) {
            exchange(client, CONNECT_5, "20 03 00 00 00");
            exchange(client, hex("82 09 0007 00 0003 612f62 01"), "90 04 0007 00 87");
            exchange(client, hex("32 07 0001 61 000a 00 ff"), "40 03 000a 97");
            broker.on(PacketType.PINGREQ, Reaction.silence());
            client.setSoTimeout(150);
            client.getOutputStream().write(hex("c0 00"));
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> client.getInputStream().read());
        }
    }

    private void expectAnswerAndEnd(byte[] connect, String answer) throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(connect);
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(hex(answer));
        }
    }

    @Test
    void speaksFirstWhenItIsToGreet() throws IOException {
        broker.greet("220 mail".getBytes(StandardCharsets.US_ASCII));
        try (Socket client = connect()) {
            assertThat(client.getInputStream().readNBytes(8)).asString().isEqualTo("220 mail");
        }
    }

    @Test
    void endsAllConnectionsAtOnceWithAReason() throws IOException {
        try (Socket five = connect();
                Socket three = connect()) {
            exchange(five, CONNECT_5, "20 03 00 00 00");
            exchange(three, CONNECT_3, "20 02 00 00");
            assertThat(broker.openConnections()).isEqualTo(2);
            broker.sendAll(hex("d0 00"));
            broker.disconnectAll(0x8B);
            assertThat(five.getInputStream().readAllBytes()).isEqualTo(hex("d000 e0 02 8b 00"));
            assertThat(three.getInputStream().readAllBytes()).isEqualTo(hex("d000"));
            await().until(() -> broker.openConnections() == 0);
            assertThat(broker.acceptedConnections()).isEqualTo(2);
        }
    }

    @Test
    void whoDoesNotSpeakMqttIsCutOff() throws IOException {
        for (String nonsense : List.of("10 ff ff ff ff 01", "82 01 00", "32 01 00", "10 ff ff ff 7f", "10 01 00")) {
            try (Socket client = connect()) {
                client.getOutputStream().write(hex(nonsense));
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).as(nonsense).isEmpty();
            }
        }
        await().until(() -> broker.openConnections() == 0);
    }

    @Test
    void isClosedWhileAReactionWaits() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        broker.on(PacketType.CONNECT, (connection, packet) -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        try (Socket client = connect()) {
            client.getOutputStream().write(CONNECT_5);
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            long began = System.nanoTime();
            broker.close();
            assertThat(System.nanoTime() - began).isLessThan(2_000_000_000L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRealClientIsContentWithIt(MqttVersion version) throws Exception {
        List<String> handled = new CopyOnWriteArrayList<>();
        try (MqttManager manager = MqttManager.builder()
                .handler((device, publish) -> handled.add(publish.payloadText()))
                .build()) {
            manager.start();
            manager.save(BrokerDefinition.builder("b", broker.host(), broker.port())
                    .mqttVersion(version)
                    .build());
            manager.save(Device.builder("boiler", "b").build());
            await().until(() -> manager.status(BrokerId.of("b")).orElseThrow().isConnected());
            for (QoS qos : QoS.values()) {
                manager.publish(
                                DeviceId.of("boiler"),
                                OutboundPublish.builder()
                                        .topic("t")
                                        .payload("p")
                                        .qos(qos)
                                        .build())
                        .get(10, TimeUnit.SECONDS);
            }
            assertThat(broker.received(PacketType.PUBLISH)).hasSize(3).allMatch(packet -> packet.contains("t"));
            await().until(() -> !broker.received(PacketType.SUBSCRIBE).isEmpty());
            broker.connections().get(0).publish("devices/boiler/telemetry", "21.5".getBytes(StandardCharsets.UTF_8));
            await().untilAsserted(() -> assertThat(handled).containsExactly("21.5"));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(broker.host(), broker.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void exchange(Socket client, byte[] packet, String answer) throws IOException {
        client.getOutputStream().write(packet);
        byte[] expected = hex(answer);
        byte[] actual = client.getInputStream().readNBytes(expected.length);
        assertThat(ByteBuffer.wrap(actual)).as(HexFormat.of().formatHex(actual)).isEqualTo(ByteBuffer.wrap(expected));
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }
}
