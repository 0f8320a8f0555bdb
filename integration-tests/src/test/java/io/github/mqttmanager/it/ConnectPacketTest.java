package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.broker.Will;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is in CONNECT, as a listener reads it (MQTT 5 and 3.1.1, section 3.1). */
class ConnectPacketTest {
    private static final int CLEAN = 0x02;
    private static final int WILL = 0x04;
    private static final int SESSION_EXPIRY = 0x11;
    private static final int RECEIVE_MAXIMUM = 0x21;
    private static final int MAXIMUM_PACKET_SIZE = 0x27;

    /** @param properties the numbers among them, by their identifiers */
    private record Connect(
            int level, int flags, int keepAlive, Map<Integer, Long> properties, String clientIdentifier) {
        static Connect read(DataInputStream in) throws IOException {
            assertThat(in.readUnsignedByte()).isEqualTo(0x10);
            DataInputStream packet = new DataInputStream(new ByteArrayInputStream(in.readNBytes(length(in))));
            assertThat(packet.readUTF()).isEqualTo("MQTT");
            int level = packet.readUnsignedByte();
            int flags = packet.readUnsignedByte();
            int keepAlive = packet.readUnsignedShort();
            Map<Integer, Long> properties = new TreeMap<>();
            if (level == 5) {
                byte[] bytes = packet.readNBytes(length(packet));
                DataInputStream all = new DataInputStream(new ByteArrayInputStream(bytes));
                while (all.available() > 0) {
                    int identifier = all.readUnsignedByte();
                    properties.put(
                            identifier,
                            switch (identifier) {
                                case SESSION_EXPIRY, MAXIMUM_PACKET_SIZE -> all.readInt() & 0xFFFF_FFFFL;
                                case RECEIVE_MAXIMUM, 0x22 -> (long) all.readUnsignedShort();
                                default -> (long) all.readUnsignedByte();
                            });
                }
            }
            return new Connect(level, flags, keepAlive, properties, packet.readUTF());
        }

        private static int length(DataInputStream in) throws IOException {
            int length = 0;
            int shift = 0;
            int next;
            do {
                next = in.readUnsignedByte();
                length |= (next & 0x7F) << shift;
                shift += 7;
            } while (next > 0x7F);
            return length;
        }
    }

    private static Connect connect(BrokerDefinition.Builder settings) throws Exception {
        CompletableFuture<Connect> read = new CompletableFuture<>();
        try (LoopbackServer listener = LoopbackServer.start((server, client) -> {
                    try {
                        read.complete(Connect.read(new DataInputStream(client.getInputStream())));
                    } catch (Throwable e) {
                        read.completeExceptionally(e);
                    }
                });
                Host host = new Host()) {
            BrokerDefinition definition = settings.endpoints(
                            Host.broker("x", listener.port()).build().endpoints())
                    .build();
            host.manager.save(definition);
            return read.get(10, TimeUnit.SECONDS);
        }
    }

    private static BrokerDefinition.Builder builder() {
        return Host.broker("b", 1).clientIdentifier("me");
    }

    @Test
    void theDefaultsAskTheBrokerToKeepOurSessionAndToSendWithinBounds() throws Exception {
        Connect connect = connect(builder());
        assertThat(connect.level()).isEqualTo(5);
        assertThat(connect.flags() & CLEAN).isZero();
        assertThat(connect.keepAlive()).isEqualTo(20);
        assertThat(connect.clientIdentifier()).isEqualTo("me");
        assertThat(connect.properties())
                .containsEntry(SESSION_EXPIRY, Duration.ofHours(24).toSeconds())
                .containsEntry(MAXIMUM_PACKET_SIZE, 256L * 1024);
        assertThat(connect.properties().get(RECEIVE_MAXIMUM)).isBetween(100L, 999L);
    }

    @Test
    void whatIsSetIsSent() throws Exception {
        Connect connect = connect(builder()
                .keepAlive(Duration.ofSeconds(77))
                .session(new SessionSettings(true, Duration.ofMinutes(5), 17, 4_096))
                .will(new Will(TopicName.of("w"), new byte[0], QoS.EXACTLY_ONCE, true, Duration.ZERO)));
        assertThat(connect.flags() & CLEAN).isEqualTo(CLEAN);
        // retained, QoS 2
        assertThat(connect.flags() & 0x3C).isEqualTo(0x20 | 2 << 3 | WILL);
        assertThat(connect.keepAlive()).isEqualTo(77);
        assertThat(connect.properties())
                .containsEntry(SESSION_EXPIRY, 300L)
                .containsEntry(RECEIVE_MAXIMUM, 17L)
                .containsEntry(MAXIMUM_PACKET_SIZE, 4_096L);
    }

    @Test
    void theOlderVersionKeepsTheSessionToo() throws Exception {
        Connect connect = connect(builder().mqttVersion(MqttVersion.V3_1_1));
        assertThat(connect.level()).isEqualTo(4);
        assertThat(connect.flags() & CLEAN).isZero();
        assertThat(connect.keepAlive()).isEqualTo(20);
        assertThat(connect(builder()
                                        .mqttVersion(MqttVersion.V3_1_1)
                                        .session(SessionSettings.DEFAULT.withCleanStart(true)))
                                .flags()
                        & CLEAN)
                .isEqualTo(CLEAN);
    }
}
