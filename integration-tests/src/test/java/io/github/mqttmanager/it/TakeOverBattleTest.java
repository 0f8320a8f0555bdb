package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.MqttVersion;
import io.github.mqttmanager.broker.ReconnectSettings;
import io.github.mqttmanager.connection.BrokerEvent;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import io.github.mqttmanager.test.ScriptedConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two managers with one client identifier at one broker; the broker tells how often it had to choose. */
class TakeOverBattleTest {
    private static final int LIMIT = 5;
    private static final int SESSION_TAKEN_OVER = 0x8E;

    /** The default but for the last: long enough to be no part of a battle, and short enough to wait for. */
    private static final ReconnectSettings SOON_STABLE = new ReconnectSettings(
            ReconnectSettings.DEFAULT.initialDelay(),
            ReconnectSettings.DEFAULT.earlyMaximum(),
            ReconnectSettings.DEFAULT.earlyPhase(),
            ReconnectSettings.DEFAULT.lateMaximum(),
            Duration.ofSeconds(8));

    /** When the second manager comes. */
    private enum Beginning {
        AT_ONCE,
        WHEN_THE_FIRST_IS_CONNECTED,
        WHEN_THE_FIRST_IS_STABLE
    }

    /** It closes the older connection without a word, in either version. */
    @ParameterizedTest
    @EnumSource
    void aBattleEndsAtABrokerThatDoesNotSayWhy(Beginning beginning) {
        MqttVersion version = beginning == Beginning.AT_ONCE ? MqttVersion.V5 : MqttVersion.V3_1_1;
        try (Mosquitto mosquitto = Mosquitto.start()) {
            battle(
                    beginning,
                    version,
                    mosquitto.port(),
                    () -> mosquitto.logged("already connected, closing old connection"),
                    "without a reason code");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBattleEndsAtABrokerThatSaysWhy(Beginning beginning) {
        AtomicReference<ScriptedConnection> holder = new AtomicReference<>();
        AtomicLong takeOvers = new AtomicLong();
        try (ScriptedBroker broker = ScriptedBroker.start().on(PacketType.CONNECT, (connection, packet) -> {
            // One after the other, so that each has its CONNACK before it is taken over.
            synchronized (holder) {
                Reaction.behave().react(connection, packet);
                ScriptedConnection older = holder.getAndSet(connection);
                if (older != null) {
                    takeOvers.incrementAndGet();
                    try {
                        older.disconnect(SESSION_TAKEN_OVER, null, null);
                    } catch (IOException e) {
                        // it was gone already
                    }
                }
            }
        })) {
            battle(beginning, MqttVersion.V5, broker.port(), takeOvers::get, "with 0x8E");
        }
    }

    private static void battle(Beginning beginning, MqttVersion version, int port, LongSupplier counted, String kind) {
        try (Host one = new Host();
                Host other = new Host()) {
            long began = System.nanoTime();
            for (Host host : List.of(one, other)) {
                host.manager.save(Host.broker("m", port)
                        .mqttVersion(version)
                        .clientIdentifier("the-same")
                        .reconnect(SOON_STABLE)
                        .build());
                host.manager.save(Device.builder("d", "m").build());
                if (host == one && beginning != Beginning.AT_ONCE) {
                    host.awaitConnected("m");
                }
                if (host == one && beginning == Beginning.WHEN_THE_FIRST_IS_STABLE) {
                    await().pollDelay(SOON_STABLE.stableAfter()).until(() -> true);
                }
            }
            await().atMost(Duration.ofSeconds(90)).until(() -> isQuarantined(one) || isQuarantined(other));
            double seconds = (System.nanoTime() - began) / 1e9;
            Host loser = isQuarantined(one) ? one : other;
            Host winner = loser == one ? other : one;
            ConnectionFailure failure = Objects.requireNonNull(loser.status("m").failure());
            assertThat(failure.kind()).isEqualTo(FailureKind.MQTT_SESSION_TAKEN_OVER);
            assertThat(failure.remedy()).contains("identifier");
            long takeOvers = counted.getAsLong();
            System.out.printf(
                    "{\"figure\":\"take-over battle, MQTT %s %s, %s\",\"reached\":%s,\"value\":%d,\"limit\":%d,"
                            + "\"unit\":\"take-overs until quarantine\",\"seconds\":%.1f}%n",
                    version, kind, beginning, takeOvers <= LIMIT, takeOvers, LIMIT, seconds);
            assertThat(takeOvers).isBetween(1L, (long) LIMIT);

            // The other one is left in peace.
            winner.awaitConnected("m");
            await().during(Duration.ofSeconds(8))
                    .atMost(Duration.ofSeconds(9))
                    .until(() -> counted.getAsLong() == takeOvers);
            assertThat(winner.status("m").isConnected()).isTrue();
        }
    }

    private static boolean isQuarantined(Host host) {
        return host.manager.history(BrokerId.of("m")).stream()
                .anyMatch(event -> event.type() == BrokerEvent.Type.QUARANTINED);
    }
}
