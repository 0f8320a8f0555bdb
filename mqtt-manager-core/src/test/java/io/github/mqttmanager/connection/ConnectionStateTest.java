package io.github.mqttmanager.connection;

import static io.github.mqttmanager.connection.ConnectionState.CONNECTED;
import static io.github.mqttmanager.connection.ConnectionState.CONNECTING;
import static io.github.mqttmanager.connection.ConnectionState.DISCONNECTED;
import static io.github.mqttmanager.connection.ConnectionState.DISCONNECTING;
import static io.github.mqttmanager.connection.ConnectionState.FAILED;
import static io.github.mqttmanager.connection.ConnectionState.RECONNECTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionStateTest {
    private static final Map<ConnectionState, Set<ConnectionState>> TABLE = Map.of(
            DISCONNECTED, Set.of(CONNECTING),
            CONNECTING, Set.of(CONNECTED, RECONNECTING, FAILED, DISCONNECTING, DISCONNECTED),
            CONNECTED, Set.of(RECONNECTING, FAILED, DISCONNECTING),
            RECONNECTING, Set.of(CONNECTING, DISCONNECTING, DISCONNECTED),
            DISCONNECTING, Set.of(DISCONNECTED),
            FAILED, Set.of(CONNECTING, DISCONNECTING, DISCONNECTED));

    @ParameterizedTest
    @EnumSource
    void mayBecomeWhatTheTableSaysAndNothingElse(ConnectionState state) {
        assertThat(state.successors()).isEqualTo(TABLE.get(state));
        for (ConnectionState next : ConnectionState.values()) {
            assertThat(state.mayBecome(next))
                    .as(state + " to " + next)
                    .isEqualTo(TABLE.get(state).contains(next));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyStateCanBeReachedAndLeft(ConnectionState state) {
        assertThat(state.successors()).isNotEmpty().doesNotContain(state);
        Set<ConnectionState> reached = EnumSet.of(DISCONNECTED);
        for (int i = 0; i < ConnectionState.values().length; i++) {
            Set.copyOf(reached).forEach(from -> reached.addAll(from.successors()));
        }
        assertThat(reached).contains(state);
    }

    @Test
    void onlyOneWayLeadsToConnected() {
        for (ConnectionState state : ConnectionState.values()) {
            assertThat(state.mayBecome(CONNECTED)).isEqualTo(state == CONNECTING);
        }
    }
}
