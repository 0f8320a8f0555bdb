package io.github.mqttmanager.connection;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * State of the link to a broker.
 *
 * <pre>
 *                 wanted                      CONNACK, wanted filters answered
 * DISCONNECTED ───────────▶ CONNECTING ────────────────────────────▶ CONNECTED
 *   ▲      ▲                 │  ▲   │ cannot be mended by a retry        │  │
 *   │      │   failed, retry │  │   └──────────▶ FAILED ◀────────────────┤  │
 *   │      │                 ▼  │                │  │      link lost     │  │
 *   │      │           RECONNECTING ◀────────────┼──┼────────────────────┘  │
 *   │      │ not wanted      │     slow look ────┘  │                       │
 *   │      └─────────────────┴──────────────────────┘            not wanted │
 *   └─────────────────────── DISCONNECTING ◀────────────────────────────────┘
 *                                  ▲ not wanted, while CONNECTING
 * </pre>
 */
public enum ConnectionState {
    /** No link, and none is wanted. */
    DISCONNECTED,
    /** An attempt is under way, or waits for its turn. */
    CONNECTING,
    /** The broker accepted us and answered the wanted subscriptions. */
    CONNECTED,
    /** The link is lost or an attempt failed; the next attempt is waited for. */
    RECONNECTING,
    /** The link is being closed. */
    DISCONNECTING,
    /** The last attempt failed in a way that a retry cannot mend; looked at again, slowly, or when something changes. */
    FAILED;

    private static final Map<ConnectionState, Set<ConnectionState>> SUCCESSORS = Map.of(
            DISCONNECTED, EnumSet.of(CONNECTING),
            CONNECTING, EnumSet.of(CONNECTED, RECONNECTING, FAILED, DISCONNECTING, DISCONNECTED),
            CONNECTED, EnumSet.of(RECONNECTING, FAILED, DISCONNECTING),
            RECONNECTING, EnumSet.of(CONNECTING, DISCONNECTING, DISCONNECTED),
            DISCONNECTING, EnumSet.of(DISCONNECTED),
            FAILED, EnumSet.of(CONNECTING, DISCONNECTING, DISCONNECTED));

    /** The states that may follow this one. */
    public Set<ConnectionState> successors() {
        return Set.copyOf(SUCCESSORS.getOrDefault(this, Set.of()));
    }

    /** Whether the other state may follow this one. */
    public boolean mayBecome(ConnectionState next) {
        return SUCCESSORS.getOrDefault(this, Set.of()).contains(next);
    }
}
