package io.github.mqttmanager.connection;

import io.github.mqttmanager.publish.InboundPublish;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One client with its session, through as many connections as its definition lasts. Methods are called on the lane of the broker's
 * connection and return at once; the observer is called on any thread.
 */
interface MqttLink {
    /** Begins an attempt. Allowed when none is under way and the link is not open. Its outcome is told to the observer. */
    void open(Route route);

    /** Asks for the filters; the answers come in their order. Fails if the connection is lost. */
    CompletableFuture<List<SubscriptionStatus>> subscribe(List<TopicFilter> filters, QoS qos);

    /** Gives the filters back. Fails if the connection is lost. */
    CompletableFuture<Void> unsubscribe(List<TopicFilter> filters);

    /** Asks the broker for an answer that needs no right and changes nothing; completes when it came, whatever it says. */
    CompletableFuture<Void> probe();

    /**
     * Takes hardly anything from the network any more, or goes on as before. What little is taken, every few seconds, keeps the connection
     * from seeming dead. From any thread; the last call counts, and a new connection begins without it.
     */
    void hold(boolean held);

    /** What the broker showed last, or null. */
    @Nullable
    BrokerCertificate certificate();

    /**
     * Hands a publish over, which has a topic. Completes with the broker's reason code. Fails with {@link RefusedPublish} when
     * that cannot be mended, with anything else when the outcome is unknown.
     */
    CompletableFuture<Integer> publish(OutboundPublish publish);

    /**
     * Completes the QoS 2 exchanges that an earlier process may have left open in the session: PUBREL is sent for every packet identifier that
     * this client could use, and each must be answered (MQTT 5 section 4.3.3). From then on the session counts as opened here. Only while no
     * publish is in flight. Fails with {@link NotReleased} if an answer is missing, with anything else if the connection is lost.
     */
    CompletableFuture<Void> release();

    /** How many PUBRELs the present connection has sent, and how many of them were answered. Any thread. */
    Releases releases();

    /**
     * Ends the connection but not the client: the observer is told within seconds as if the broker had ended it, whatever the network
     * does. Should the client be beyond that, the observer's {@code closed} is told instead.
     */
    void drop();

    /**
     * Ends the client in whatever state it is, an attempt at once. The observer's {@code closed} is told within seconds, whatever the
     * network does, and is the last that is heard of it.
     *
     * @param endSession whether the broker is to forget the session
     */
    void close(boolean endSession);

    /** Hears what happens to the link. Implementations return at once. */
    interface Observer {
        /** The attempt has knocked at the broker's door, or at the proxy's. */
        default void connecting() {}

        /** The attempt has passed this stage: TCP or TLS. */
        default void passed(ConnectionStage stage) {}

        /** The broker accepted us. */
        void opened(Granted granted);

        /** The attempt failed, or the connection is gone; the link may be opened again. */
        void down(LinkDown down);

        /** A publish came in. */
        void received(InboundPublish publish, Runnable acknowledge);

        /** A publish came in that cannot be given to anybody, for its topic is malformed; it was acknowledged. */
        void receivedMalformed();

        /** Nothing is left of the link. */
        void closed();
    }

    /**
     * What the broker granted.
     *
     * @param sessionOpenedHere whether this process has opened the session, so that no packet identifier of an earlier one is open
     * @param responseInformation the basis for topics of responses (MQTT 5 section 3.2.2.3.14), or null
     */
    record Granted(
            BrokerGrants grants,
            boolean sessionOpenedHere,
            @Nullable String responseInformation) {
        /** The same, now that nothing of an earlier process is open in the session. */
        Granted released() {
            return new Granted(grants, true, responseInformation);
        }
    }

    /**
     * Why there is no connection.
     *
     * @param cause from the client, or null where nothing failed
     * @param wasOpen whether the broker had accepted us
     * @param tlsSpoken whether the other side has ever shown a certificate
     * @param raisedReceiveMaximum the limit from now on, if the broker exceeded the former one; else 0
     */
    record LinkDown(@Nullable Throwable cause, boolean wasOpen, boolean tlsSpoken, int raisedReceiveMaximum) {}

    /** PUBRELs and their PUBCOMPs on one connection. */
    record Releases(long sent, long completed) {
        static final Releases NONE = new Releases(0, 0);
    }

    /** The broker does not complete what an earlier process left open. */
    final class NotReleased extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotReleased(String message) {
            super(message);
        }
    }

    /** A publish that will never be taken. */
    final class RefusedPublish extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final @Nullable Integer reasonCode;

        RefusedPublish(@Nullable Integer reasonCode, String message) {
            super(message);
            this.reasonCode = reasonCode;
        }

        /** The broker's, or null if it was not even sent. */
        @Nullable
        Integer reasonCode() {
            return reasonCode;
        }
    }
}
