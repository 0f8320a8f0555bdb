package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishProperties;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.publish.UserProperty;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The publishes that go to one broker: bounded before the client is given any, in their order, until each has a receipt or a typed
 * failure. What was in flight when its client ended is sent again by the next one; the client itself sends again what a lost
 * connection left open. Thread-safe; hand-over happens on the lane only.
 */
final class Outbound {
    /** The heap that a publish takes beside its payload, its topic and its properties, as measured. */
    static final int OVERHEAD = 400;

    /** How often a connection may be lost while QoS 2 exchanges are released, until that is taken for the reason. */
    private static final int LOST_RELEASES = 2;

    /** How many publishes are handed over, or taken out for they expired, in one go. */
    private static final int BATCH = 500;

    private static final Comparator<Pending> BY_EXPIRY = Comparator.<Pending>comparingLong(pending -> pending.expiresAt)
            .thenComparingLong(pending -> pending.number);

    private final BrokerId broker;
    private final OutboundLimits limits;
    private final OutboundBudget budget;
    private final Executor lane;
    private final InstantSource clock;
    private final LongSupplier nanos;

    // guarded by this
    /** By the order in which they were accepted, also when one comes back. */
    private final PendingList queue = new PendingList();

    /** By the order in which they were handed over. */
    private final PendingList inFlight = new PendingList();

    /** Those in the queue that have an expiry of their own; the age comes to all in the order of the queue. */
    private @Nullable TreeSet<Pending> expiring;

    private long accepted;
    private long published;
    private long failed;
    private long expired;
    private long rejected;
    private @Nullable MqttLink link;
    private MqttLink.@Nullable Granted granted;
    private boolean pumping;
    private boolean closed;
    private @Nullable Instant lastAcknowledgedAt;

    /** Raised with each hand-over. */
    private long turns;

    /** The latest turn that the present connection has answered. */
    private long answeredTurn;

    private long connectedAt;

    /** When the broker last owed nothing, or answered something. */
    private long progressAt;

    /** Until when answers could not be heard. */
    private long excusedAt = Long.MIN_VALUE;

    /** PUBCOMPs seen so far on the present connection, and when the last one came that we know of. */
    private long completions;

    private long completionAt;

    /** Whether the client failed a publish though the connection stands: it is not trusted until the next one. */
    private boolean broken;

    private boolean releasing;
    private int lostReleases;
    private @Nullable String releaseRefusal;

    Outbound(
            BrokerId broker,
            OutboundLimits limits,
            OutboundBudget budget,
            Executor lane,
            InstantSource clock,
            LongSupplier nanos) {
        this.broker = broker;
        this.limits = limits;
        this.budget = budget;
        this.lane = lane;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** A publish and its outcome; in one list at a time, or in none when it has ended. */
    private final class Pending extends CompletableFuture<PublishReceipt> {
        final OutboundPublish publish;
        final long bytes;
        final long number;
        final long acceptedAt = nanos.getAsLong();

        /** In monotonic time; meaningful if it has an expiry of its own. */
        final long expiresAt;

        // Guarded by the outer object.
        @Nullable
        PendingList list;

        @Nullable
        Pending before;

        @Nullable
        Pending behind;

        @Nullable
        MqttLink handedTo;

        long handedAt;
        long turn;

        Pending(OutboundPublish publish, long number) {
            this.number = number;
            this.publish = publish;
            this.bytes = bytes(publish);
            Duration expiry = publish.properties().expiry();
            this.expiresAt = expiry == null ? 0 : acceptedAt + expiry.toNanos();
        }

        /** Takes the message back unless it was handed over. */
        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            if (cancelled) {
                takeBack(this);
            }
            return cancelled;
        }

        boolean mayExpire() {
            return publish.properties().expiry() != null;
        }

        boolean isExpired(long now) {
            return isTooOld(now) || (mayExpire() && now - expiresAt >= 0);
        }

        boolean isTooOld(long now) {
            return now - acceptedAt > limits.age().toNanos();
        }

        /** The publish as it is to be sent now. */
        OutboundPublish current() {
            if (!mayExpire()) {
                return publish;
            }
            PublishProperties properties = publish.properties();
            // Whole seconds on the wire (MQTT 5 section 3.3.2.3.3): rounded up, for it has not expired yet.
            Duration rest = Duration.ofSeconds(Math.max(
                    1,
                    Duration.ofNanos(expiresAt - nanos.getAsLong())
                            .plusNanos(999_999_999)
                            .toSeconds()));
            return new OutboundPublish(
                    publish.topic(),
                    publish.payload(),
                    publish.qos(),
                    publish.retain(),
                    publish.whenDisconnected(),
                    properties.withExpiry(rest));
        }
    }

    /** How much of the bounds a publish that has a topic takes. */
    static long bytes(OutboundPublish publish) {
        PublishProperties properties = publish.properties();
        ByteBuffer correlation = properties.correlationData();
        TopicName answers = properties.responseTopic();
        long size = (long) publish.payload().remaining()
                + size(Objects.requireNonNull(publish.topic()).value())
                + (correlation == null ? 0 : correlation.remaining())
                + (answers == null ? 0 : size(answers.value()))
                + (properties.contentType() == null ? 0 : size(properties.contentType()));
        for (UserProperty property : properties.userProperties()) {
            size += size(property.name()) + size(property.value());
        }
        return size;
    }

    private static long size(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Publishes in an order, which are linked among themselves: each is taken out without a search. */
    private static final class PendingList {
        private @Nullable Pending first;
        private @Nullable Pending last;
        private int count;
        private long bytes;

        int count() {
            return count;
        }

        @Nullable
        Pending first() {
            return first;
        }

        void addLast(Pending pending) {
            addBehind(last, pending);
        }

        /** Puts it to where its number belongs, seen from the beginning. */
        void addByNumber(Pending pending) {
            Pending behind = first;
            while (behind != null && behind.number < pending.number) {
                behind = behind.behind;
            }
            addBehind(behind == null ? last : behind.before, pending);
        }

        private void addBehind(@Nullable Pending before, Pending pending) {
            Pending behind = before == null ? first : before.behind;
            pending.list = this;
            pending.before = before;
            pending.behind = behind;
            if (before == null) {
                first = pending;
            } else {
                before.behind = pending;
            }
            if (behind == null) {
                last = pending;
            } else {
                behind.before = pending;
            }
            count++;
            bytes += pending.bytes;
        }

        /** @return whether it was in this list */
        boolean remove(Pending pending) {
            if (pending.list != this) {
                return false;
            }
            if (pending.before == null) {
                first = pending.behind;
            } else {
                pending.before.behind = pending.behind;
            }
            if (pending.behind == null) {
                last = pending.before;
            } else {
                pending.behind.before = pending.before;
            }
            pending.list = null;
            pending.before = null;
            pending.behind = null;
            count--;
            bytes -= pending.bytes;
            return true;
        }

        List<Pending> all() {
            List<Pending> all = new ArrayList<>(count);
            for (Pending each = first; each != null; each = each.behind) {
                all.add(each);
            }
            return all;
        }
    }

    // ---- from any thread

    /** Takes a publish that has a topic. */
    CompletableFuture<PublishReceipt> accept(OutboundPublish publish) {
        Pending pending;
        PublishException refusal = null;
        boolean pump = false;
        synchronized (this) {
            pending = new Pending(publish, ++accepted);
            if (closed) {
                refusal = closedFailure();
                failed++;
            } else if (link == null && publish.whenDisconnected() == WhenDisconnected.FAIL) {
                refusal = failure(PublishFailure.NOT_CONNECTED, "broker " + broker + " is not connected");
                failed++;
            } else {
                refusal = overflow(pending);
                if (refusal == null) {
                    enqueue(pending);
                    pump = startsPump();
                } else {
                    rejected++;
                }
            }
        }
        if (refusal != null) {
            pending.completeExceptionally(refusal);
        } else if (pump) {
            lane.execute(this::pump);
        }
        return pending;
    }

    /** If there is room, it is taken. */
    private @Nullable PublishException overflow(Pending pending) {
        if (queue.count >= limits.count() || queue.bytes + pending.bytes > limits.bytes()) {
            return failure(
                    PublishFailure.QUEUE_FULL,
                    queue.count + " publishes with " + queue.bytes + " bytes already wait for broker " + broker);
        }
        if (!budget.take(pending.bytes + OVERHEAD)) {
            return failure(
                    PublishFailure.QUEUE_FULL,
                    "publishes to all brokers together already take " + budget.taken() + " bytes");
        }
        return null;
    }

    /** Whether the caller is to run the pump on the lane: once for all that comes until it runs. */
    private boolean startsPump() {
        if (pumping || link == null || inFlight.count() >= window()) {
            return false; // not yet; who makes room or brings a connection begins again
        }
        pumping = true;
        return true;
    }

    private void takeBack(Pending pending) {
        synchronized (this) {
            if (dequeue(pending)) {
                budget.giveBack(pending.bytes + OVERHEAD);
                failed++;
            }
        }
    }

    /** Fails what has expired while waiting. From time to time. */
    void sweep() {
        List<Pending> old = new ArrayList<>();
        do {
            old.clear();
            synchronized (this) {
                long now = nanos.getAsLong();
                for (Pending first = queue.first();
                        first != null && first.isTooOld(now) && old.size() < BATCH;
                        first = queue.first()) {
                    expire(first, old);
                }
                while (expiring != null
                        && !expiring.isEmpty()
                        && now - expiring.first().expiresAt >= 0
                        && old.size() < BATCH) {
                    expire(expiring.first(), old);
                }
            }
            old.forEach(pending -> pending.completeExceptionally(expiredFailure()));
        } while (old.size() >= BATCH);
    }

    private void expire(Pending pending, List<Pending> old) {
        dequeue(pending);
        budget.giveBack(pending.bytes + OVERHEAD);
        expired++;
        old.add(pending);
    }

    /** Fails everything; nothing is accepted any more. */
    void close() {
        List<Pending> all;
        synchronized (this) {
            closed = true;
            link = null;
            all = queue.all();
            all.forEach(this::dequeue);
            List<Pending> open = inFlight.all();
            open.forEach(inFlight::remove);
            all.addAll(open);
            all.forEach(pending -> budget.giveBack(pending.bytes + OVERHEAD));
            failed += all.size();
        }
        all.forEach(pending -> pending.completeExceptionally(failure(
                PublishFailure.CLOSED,
                "broker " + broker + " was deleted, or the manager was closed, before it answered")));
    }

    synchronized @Nullable Instant lastAcknowledgedAt() {
        return lastAcknowledgedAt;
    }

    /** The outbound half of the counters: accepted = published + failed + expired + rejected + queued + in flight. */
    synchronized TrafficCounters counters() {
        return new TrafficCounters(
                0, 0, 0, 0, 0, 0, 0, accepted, published, failed, expired, rejected, queue.count(), inFlight.count());
    }

    /**
     * Why the connection is not to be trusted any more, or null: the broker has owed an answer for too long, or the client failed a publish for
     * a reason of its own.
     *
     * <p>Answers come in the order of the publishes (MQTT 5 section 4.6): so one that others have overtaken will not come, and as long as none
     * has, every answer is a sign that the next ones will come.
     */
    synchronized @Nullable String trouble() {
        MqttLink asked = link;
        if (broken) {
            return "the client could not say what became of a publish";
        }
        if (asked == null) {
            return null;
        }
        long now = nanos.getAsLong();
        MqttLink.Releases releases = asked.releases();
        if (releases.completed() != completions || releases.sent() == releases.completed()) {
            completions = releases.completed();
            completionAt = now;
        }
        if (now - Math.max(completionAt, excusedAt) >= limits.answer().toNanos()) {
            return unanswered("PUBREL");
        }
        Pending oldest = inFlight.first();
        if (oldest == null) {
            return null;
        }
        long since = oldest.turn < answeredTurn ? handedAt(oldest) : Math.max(handedAt(oldest), progressAt);
        return now - Math.max(since, excusedAt) < limits.answer().toNanos() ? null : unanswered("PUBLISH");
    }

    /** Nothing is read of what the broker says: that no answer comes means nothing. */
    synchronized void excuse() {
        excusedAt = nanos.getAsLong();
    }

    private String unanswered(String packet) {
        return "it has left " + packet + " unanswered for " + limits.answer().toSeconds() + " s";
    }

    /** What an earlier connection left open was sent again by the present one. */
    private long handedAt(Pending pending) {
        return Math.max(pending.handedAt, connectedAt);
    }

    // ---- on the lane

    /** Before {@link #connected}: a publish of our own that goes before all others, whatever waits. */
    CompletableFuture<PublishReceipt> first(OutboundPublish publish) {
        Pending pending;
        synchronized (this) {
            pending = new Pending(publish, - ++accepted);
            if (!closed) {
                // It does not wait, so no bound can hold it up.
                budget.takeAnyway(pending.bytes + OVERHEAD);
                enqueue(pending);
                return pending;
            }
            failed++;
        }
        pending.completeExceptionally(closedFailure());
        return pending;
    }

    /** Publishes may be handed to this link from now on. */
    void connected(MqttLink now, MqttLink.Granted grants) {
        synchronized (this) {
            link = now;
            granted = grants;
            connectedAt = nanos.getAsLong();
            progressAt = connectedAt;
            completionAt = connectedAt;
            completions = 0;
            answeredTurn = 0;
            broken = false;
        }
        pump();
    }

    /** Nothing is handed over until {@link #connected}; what is in flight stays with the client. */
    void disconnected() {
        List<Pending> refused = new ArrayList<>();
        synchronized (this) {
            link = null;
            broken = false;
            if (releasing) {
                releasing = false;
                if (++lostReleases >= LOST_RELEASES) {
                    releaseRefusal = "it closed the connection " + LOST_RELEASES + " times when it was asked to";
                }
            }
            for (Pending pending : queue.all()) {
                if (pending.publish.whenDisconnected() == WhenDisconnected.FAIL) {
                    fail(pending, refused);
                }
            }
        }
        refused.forEach(pending -> pending.completeExceptionally(
                failure(PublishFailure.NOT_CONNECTED, "the connection to broker " + broker + " was lost")));
    }

    /** The client is gone. Whether the broker has what was in flight is unknown: it is sent again. */
    void clientEnded() {
        List<Pending> lost = new ArrayList<>();
        synchronized (this) {
            link = null;
            broken = false;
            releasing = false;
            lostReleases = 0;
            releaseRefusal = null;
            List<Pending> again = inFlight.all();
            // From the last one on: each goes to the beginning of the queue.
            for (int i = again.size() - 1; i >= 0; i--) {
                Pending pending = again.get(i);
                inFlight.remove(pending);
                if (pending.publish.qos() == QoS.AT_MOST_ONCE
                        || pending.publish.whenDisconnected() == WhenDisconnected.FAIL
                        || pending.isDone()) {
                    fail(pending, lost);
                } else {
                    enqueue(pending);
                }
            }
        }
        lost.forEach(pending -> pending.completeExceptionally(
                failure(PublishFailure.CLOSED, "the connection to broker " + broker + " ended")));
    }

    /** Hands over what the window allows. */
    private void pump() {
        for (int i = 0; i < BATCH; i++) {
            if (!step()) {
                return;
            }
        }
        // What else the lane has to do has its turn.
        lane.execute(this::pump);
    }

    /** @return whether there may be more to do; if not, the next one who brings something begins again */
    private boolean step() {
        Pending next;
        PublishException refusal;
        MqttLink to;
        boolean release = false;
        synchronized (this) {
            to = link;
            MqttLink.Granted grants = granted;
            next = queue.first();
            if (to == null || grants == null || next == null || releasing || !fits(next)) {
                pumping = false;
                return false;
            }
            if (next.isExpired(nanos.getAsLong())) {
                expired++;
                refusal = expiredFailure();
            } else {
                refusal = unsendable(next.publish, grants);
                failed += refusal == null ? 0 : 1;
            }
            if (refusal != null) {
                dequeue(next);
                budget.giveBack(next.bytes + OVERHEAD);
            } else if (next.publish.qos() == QoS.EXACTLY_ONCE && !grants.sessionOpenedHere()) {
                pumping = false;
                if (inFlight.count() > 0) {
                    return false; // their packet identifiers are in use; the last answer comes back here
                }
                releasing = true;
                release = true;
            } else {
                dequeue(next);
                fly(next, to);
            }
        }
        if (refusal != null) {
            next.completeExceptionally(refusal);
            return true;
        }
        if (release) {
            to.release().whenComplete((done, failure) -> lane.execute(() -> released(to, failure)));
            return false;
        }
        handOver(to, next);
        return true;
    }

    private void fly(Pending next, MqttLink to) {
        next.handedTo = to;
        next.handedAt = nanos.getAsLong();
        next.turn = ++turns;
        if (inFlight.count() == 0) {
            progressAt = next.handedAt;
        }
        inFlight.addLast(next);
    }

    private int window() {
        MqttLink.Granted grants = granted;
        return grants == null
                ? limits.window()
                : Math.min(limits.window(), grants.grants().receiveMaximum());
    }

    private boolean fits(Pending next) {
        return inFlight.count() < window() && (inFlight.count() == 0 || inFlight.bytes + next.bytes <= limits.bytes());
    }

    private @Nullable PublishException unsendable(OutboundPublish publish, MqttLink.Granted grants) {
        if (publish.qos().compareTo(grants.grants().maximumQos()) > 0) {
            return failure(
                    PublishFailure.NOT_SENDABLE,
                    "broker " + broker + " takes no quality of service above "
                            + grants.grants().maximumQos().code());
        }
        if (publish.retain() && !grants.grants().retainAvailable()) {
            return failure(PublishFailure.NOT_SENDABLE, "broker " + broker + " keeps no retained messages");
        }
        if (publish.qos() == QoS.EXACTLY_ONCE && !grants.sessionOpenedHere() && releaseRefusal != null) {
            return failure(
                    PublishFailure.UNSAFE_QOS_2,
                    "broker " + broker
                            + " resumed a session of an earlier process, whose unfinished exchanges it does not complete: "
                            + releaseRefusal + ". QoS 2 could be lost there; use QoS 1, or a clean start");
        }
        return null;
    }

    /**
     * Packet identifiers of an earlier process may be open in a session that it left behind: the broker would take our message for that one,
     * confirm it, and never deliver it (MQTT 5 section 4.3.3). So those are completed first, and this is the outcome.
     */
    private void released(MqttLink by, @Nullable Throwable failure) {
        synchronized (this) {
            if (!releasing || link != by || granted == null) {
                return; // the connection is lost, and the next one begins anew
            }
            if (failure == null) {
                granted = granted.released();
                lostReleases = 0;
            } else if (Failures.unwrap(failure) instanceof MqttLink.NotReleased) {
                releaseRefusal = Failures.unwrap(failure).getMessage();
            } else {
                link = null;
                broken = true; // unless the connection is lost already
                return;
            }
            releasing = false;
        }
        pump();
    }

    private void enqueue(Pending pending) {
        if (queue.last == null || queue.last.number < pending.number) {
            queue.addLast(pending);
        } else {
            queue.addByNumber(pending);
        }
        if (pending.mayExpire()) {
            if (expiring == null) {
                expiring = new TreeSet<>(BY_EXPIRY);
            }
            expiring.add(pending);
        }
    }

    /** @return whether it was in the queue */
    private boolean dequeue(Pending pending) {
        if (!queue.remove(pending)) {
            return false;
        }
        if (expiring != null && pending.mayExpire()) {
            expiring.remove(pending);
        }
        return true;
    }

    private void fail(Pending pending, List<Pending> refused) {
        dequeue(pending);
        budget.giveBack(pending.bytes + OVERHEAD);
        failed++;
        refused.add(pending);
    }

    private void handOver(MqttLink to, Pending pending) {
        CompletableFuture<Integer> answer;
        try {
            answer = to.publish(pending.current());
        } catch (RuntimeException e) {
            // It would be thrown again and again.
            answer = CompletableFuture.failedFuture(
                    new MqttLink.RefusedPublish(null, "cannot be handed over: " + Failures.clean(e.toString())));
        }
        answer.whenComplete((code, failure) -> answered(to, pending, code, failure));
    }

    /** On any thread. */
    private void answered(MqttLink from, Pending pending, @Nullable Integer code, @Nullable Throwable failure) {
        PublishException refusal = null;
        PublishReceipt receipt = null;
        boolean pump;
        synchronized (this) {
            // What an earlier client says late does not concern the hand-over to the present one.
            if (pending.handedTo != from || !inFlight.remove(pending)) {
                return;
            }
            boolean again = false;
            if (code != null && failure == null) {
                published++;
                lastAcknowledgedAt = clock.instant();
                receipt = new PublishReceipt(
                        broker,
                        Objects.requireNonNull(pending.publish.topic()),
                        pending.publish.qos(),
                        code,
                        lastAcknowledgedAt);
            } else if (failure != null && Failures.unwrap(failure) instanceof MqttLink.RefusedPublish refused) {
                failed++;
                refusal = failure(
                        refused.reasonCode() == null ? PublishFailure.NOT_SENDABLE : PublishFailure.REFUSED,
                        "the publish to broker " + broker + " " + refused.getMessage());
            } else if (pending.publish.qos() == QoS.AT_MOST_ONCE
                    || pending.isDone()
                    || closed
                    || (link == null && pending.publish.whenDisconnected() == WhenDisconnected.FAIL)) {
                failed++;
                refusal = failure(PublishFailure.NOT_CONNECTED, "the connection to broker " + broker + " was lost");
            } else {
                // An exception of the client says that the outcome is unknown, not that it was not delivered.
                enqueue(pending);
                again = true;
                if (link == from) {
                    link = null;
                    broken = true;
                }
            }
            if (!again) {
                budget.giveBack(pending.bytes + OVERHEAD);
                answeredTurn = Math.max(answeredTurn, pending.turn);
                if (pending.publish.qos() != QoS.AT_MOST_ONCE) {
                    progressAt = nanos.getAsLong();
                }
            }
            pump = queue.first() != null && startsPump();
        }
        if (receipt != null) {
            pending.complete(receipt);
        } else if (refusal != null) {
            pending.completeExceptionally(refusal);
        }
        if (pump) {
            lane.execute(this::pump);
        }
    }

    private PublishException expiredFailure() {
        return failure(PublishFailure.EXPIRED, "the message for broker " + broker + " expired while it waited");
    }

    private PublishException closedFailure() {
        return failure(PublishFailure.CLOSED, "broker " + broker + " was deleted, or the manager is closed");
    }

    private static PublishException failure(PublishFailure failure, String message) {
        return new PublishException(failure, message);
    }
}
