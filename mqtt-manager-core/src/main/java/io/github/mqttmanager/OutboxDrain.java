package io.github.mqttmanager;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxCounters;
import io.github.mqttmanager.publish.OutboxDepth;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.publish.OutboxListener;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.publish.PublishReceipt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is in the outbox. It works in turns on a thread of its own, where all state is at home: takes answers, removes what
 * is settled, and hands over the next entries of connected brokers, a batch of each broker in turn. Any thread may wake it.
 *
 * <p>An entry stays in the outbox until the broker has answered. What was answered and not yet removed when the host dies is sent
 * again by the next process.
 */
final class OutboxDrain {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxDrain.class);

    /** Entries that are read at once, of one broker. */
    static final int BATCH = 1_000;
    /** Entries of one broker in hand: handed over and not yet removed. */
    static final int WINDOW = 2_000;

    private static final long BROKER_BYTES = 4 * 1024 * 1024;
    /** Payloads in hand, of all brokers: beyond, each broker has one entry at a time. */
    private static final long ALL_BYTES = 64 * 1024 * 1024;

    private static final int REMOVED_AT_ONCE = 500;
    private static final Duration REMOVE_WITHIN = Duration.ofMillis(50);
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** While something of a broker waits for its retry, whatever is added. */
    private static final Duration BETWEEN_READS = Duration.ofMillis(200);

    private static final Duration FIRST_REST = Duration.ofSeconds(1);
    private static final Duration LONGEST_REST = Duration.ofSeconds(30);
    private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(10);

    /** The brokers as the drain sees them. */
    interface Brokers {
        boolean isConnected(BrokerId broker);

        /** Whether there is a definition. May block, and throws if the store cannot tell. */
        boolean exists(BrokerId broker);

        CompletableFuture<PublishReceipt> publish(BrokerId broker, OutboundPublish publish);
    }

    private final Outbox outbox;
    private final Brokers brokers;
    private final List<OutboxListener> listeners;
    private final Executor thread;
    private final ScheduledExecutorService timer;
    private final InstantSource clock;
    private final LongSupplier nanos;

    // from any thread
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Set<BrokerId> woken = ConcurrentHashMap.newKeySet();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private volatile boolean pollDue = true;
    private volatile boolean stopped;
    private volatile Map<BrokerId, OutboxDepth> depths = Map.of();
    private volatile OutboxCounters counters = OutboxCounters.ZERO;

    // on the drain's thread
    private final Map<BrokerId, Room> rooms = new HashMap<>();
    /** Of which something may be unread, in turn. */
    private final Set<Room> unread = new LinkedHashSet<>();

    private final List<Held> settled = new ArrayList<>();
    private long settledSince;
    private int inHand;
    private long bytes;
    private boolean depthsChanged;
    private long refreshedAt;
    private long refreshTook;
    private @Nullable Duration rest;
    private long restUntil;
    private @Nullable Long nextTurnAt;

    /** What is in hand of one broker. */
    private static final class Room {
        final BrokerId broker;
        final Map<Long, Held> held = new HashMap<>();
        /** Lanes with an entry that is to be tried again, and from when on. */
        final Map<Object, Long> blocked = new HashMap<>();

        long bytes;
        /** Whether there is no such broker. */
        boolean unknown;

        long readAgainAt;
        long warnedAt;
        int unwarned;

        Room(BrokerId broker, long now) {
            this.broker = broker;
            this.readAgainAt = now;
        }
    }

    /** An entry that was read and is not removed yet. */
    private static final class Held {
        final Room room;
        final OutboxEntry entry;
        /** In which order is kept: the ordering key, or the entry alone. */
        final Object lane;

        boolean isSettled;

        Held(Room room, OutboxEntry entry) {
            this.room = room;
            this.entry = entry;
            String key = entry.orderingKey();
            this.lane = key == null ? entry.id() : key;
        }
    }

    private record Answer(
            Held held,
            @Nullable PublishReceipt receipt,
            @Nullable Throwable failure) {}

    OutboxDrain(
            Outbox outbox,
            Brokers brokers,
            List<OutboxListener> listeners,
            Executor thread,
            ScheduledExecutorService timer,
            InstantSource clock,
            LongSupplier nanos) {
        this.outbox = outbox;
        this.brokers = brokers;
        this.listeners = List.copyOf(listeners);
        this.thread = thread;
        this.timer = timer;
        this.clock = clock;
        this.nanos = nanos;
    }

    // ---- from any thread
    // -----------------------------------------------------------------------------------------------------

    /** Begins to look for what other processes have added, too. */
    void start() {
        timer.scheduleWithFixedDelay(
                () -> {
                    pollDue = true;
                    signal();
                },
                0,
                POLL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Something was added for the broker, or it is connected now. */
    void wake(BrokerId broker) {
        if (woken.add(broker)) {
            signal();
        }
    }

    /** Hands over nothing any more; what is in hand may still be answered. */
    void stop() {
        stopped = true;
    }

    /** How much waits, as it was a second ago, or five if another process added it; while the outbox does not answer, longer ago. */
    Map<BrokerId, OutboxDepth> depths() {
        return depths;
    }

    OutboxCounters counters() {
        return counters;
    }

    private void signal() {
        if (signalled.compareAndSet(false, true)) {
            try {
                thread.execute(this::turn);
            } catch (RejectedExecutionException e) {
                // closed
            }
        }
    }

    // ---- on the drain's thread
    // -----------------------------------------------------------------------------------------------

    /** A turn then, unless one is due earlier. */
    private void turnAfter(long delay) {
        long at = nanos.getAsLong() + delay;
        if (nextTurnAt != null && nextTurnAt - at <= 0) {
            return;
        }
        nextTurnAt = at;
        try {
            timer.schedule(this::signal, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    private void turn() {
        signalled.set(false);
        if (nextTurnAt != null && nanos.getAsLong() - nextTurnAt >= 0) {
            nextTurnAt = null;
        }
        try {
            takeAnswers();
            if (stopped || (rest != null && nanos.getAsLong() - restUntil < 0)) {
                return;
            }
            boolean again = work();
            if (rest != null) {
                LOG.info("The outbox can be read and written again");
                rest = null;
            }
            if (again) {
                signal();
            }
        } catch (RuntimeException e) {
            restAfter(e);
        }
    }

    /** The last turn, after {@link #stop} and when all connections are closed: what is left in hand is not sent, and stays. */
    void finish() {
        takeAnswers();
        try {
            removeSettled();
        } catch (RuntimeException e) {
            LOG.warn(
                    "{} entries of the outbox were sent and could not be removed; they will be sent again",
                    settled.size(),
                    e);
        }
    }

    /** The store did not answer, or something unforeseen happened: neither may end the drain, or make it spin. */
    private void restAfter(RuntimeException failure) {
        if (rest == null) {
            LOG.warn("The outbox could not be read or written; trying again until it can", failure);
            rest = FIRST_REST;
        } else {
            LOG.debug("The outbox still cannot be read or written", failure);
            rest = rest.multipliedBy(2).compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest.multipliedBy(2);
        }
        restUntil = nanos.getAsLong() + rest.toNanos();
        turnAfter(rest.toNanos());
    }

    /** @return whether there is more to do at once */
    private boolean work() {
        if (isRemovalDue()) {
            removeSettled();
        }
        if (pollDue) {
            pollDue = false;
            try {
                poll();
            } catch (RuntimeException e) {
                pollDue = true;
                throw e;
            }
        } else if (depthsChanged && isRefreshDue()) {
            refresh();
        }
        woken.removeIf(broker -> {
            unread.add(room(broker));
            depthsChanged = true;
            return true;
        });
        boolean again = false;
        for (Room room : List.copyOf(unread)) {
            again |= fill(room);
            takeAnswers();
        }
        again |= isRemovalDue();
        return again;
    }

    // ---- reading and handing over

    private void poll() {
        for (BrokerId broker : refresh().keySet()) {
            Room room = room(broker);
            room.unknown = !brokers.isConnected(broker) && !brokers.exists(broker);
            unread.add(room);
        }
    }

    private Room room(BrokerId broker) {
        return rooms.computeIfAbsent(broker, absent -> new Room(absent, nanos.getAsLong()));
    }

    private Map<BrokerId, OutboxDepth> refresh() {
        long began = nanos.getAsLong();
        Map<BrokerId, OutboxDepth> found = Map.copyOf(outbox.depths());
        refreshedAt = nanos.getAsLong();
        refreshTook = refreshedAt - began;
        depthsChanged = false;
        depths = found;
        return found;
    }

    /** Counting costs more the more there is: it may take a twentieth of the time. */
    private boolean isRefreshDue() {
        long after = Math.max(REFRESH.toNanos(), 20 * refreshTook);
        long since = nanos.getAsLong() - refreshedAt;
        if (since < after) {
            turnAfter(after - since);
        }
        return since >= after;
    }

    /** Hands over the next batch of a broker. @return whether there is more to do at once */
    private boolean fill(Room room) {
        if (!room.unknown && !brokers.isConnected(room.broker)) {
            // woken when it is connected
            return leave(room);
        }
        if (room.held.size() > WINDOW - BATCH
                || room.bytes > BROKER_BYTES / 2
                || (bytes > ALL_BYTES && !room.held.isEmpty())) {
            return false;
        }
        unblock(room);
        if (!room.blocked.isEmpty()) {
            long wait = room.readAgainAt - nanos.getAsLong();
            if (wait > 0) {
                turnAfter(wait);
                return false;
            }
            room.readAgainAt = nanos.getAsLong() + BETWEEN_READS.toNanos();
        }
        int limit = room.held.size() + (bytes > ALL_BYTES ? 1 : BATCH);
        long most = bytes > ALL_BYTES ? 0 : room.bytes + BROKER_BYTES;
        List<OutboxEntry> found = outbox.next(room.broker, limit, most);
        // Asked after the entries were read: one that was added with or after its broker is never taken for another's.
        room.unknown = room.unknown && !found.isEmpty() && !brokers.exists(room.broker);
        long size = 0;
        int taken = 0;
        for (OutboxEntry entry : found) {
            size += entry.payloadBytes();
            if (!room.held.containsKey(entry.id()) && take(room, entry)) {
                taken++;
            }
        }
        boolean isAll = found.size() < limit && size <= most;
        if (!isAll && taken > 0) {
            return true;
        }
        if (room.blocked.isEmpty()) {
            return leave(room);
        }
        turnAfter(BETWEEN_READS.toNanos());
        return false;
    }

    /** Nothing is unread, or cannot be sent now; somebody will wake it. */
    private boolean leave(Room room) {
        unread.remove(room);
        forgetIfIdle(room);
        return false;
    }

    private void forgetIfIdle(Room room) {
        if (room.held.isEmpty() && !unread.contains(room)) {
            rooms.remove(room.broker, room);
        }
    }

    /** A lane goes on when its time has come, and nothing later of it is under way. */
    private void unblock(Room room) {
        room.blocked
                .entrySet()
                .removeIf(lane -> nanos.getAsLong() - lane.getValue() >= 0
                        && room.held.values().stream()
                                .allMatch(held -> held.isSettled || !held.lane.equals(lane.getKey())));
    }

    /** @return false if it has to wait for another entry of its lane */
    private boolean take(Room room, OutboxEntry entry) {
        // An answer that came meanwhile may block the lane.
        takeAnswers();
        Held held = new Held(room, entry);
        Instant now = clock.instant();
        if (entry.isExpired(now)) {
            hold(held);
            settle(held);
            count(0, 0, 1);
            tell(listener -> listener.expired(entry));
        } else if (room.unknown) {
            hold(held);
            fail(held, new PublishException(PublishFailure.UNKNOWN_BROKER, "there is no broker " + room.broker));
        } else if (room.blocked.containsKey(held.lane)) {
            return false;
        } else {
            hold(held);
            handOver(held, now);
        }
        return true;
    }

    private void handOver(Held held, Instant now) {
        CompletableFuture<PublishReceipt> outcome;
        try {
            outcome = brokers.publish(held.room.broker, held.entry.publishAt(now));
        } catch (RuntimeException e) {
            outcome = CompletableFuture.failedFuture(e);
        }
        outcome.whenComplete((receipt, failure) -> {
            answers.add(new Answer(held, receipt, failure));
            signal();
        });
    }

    private void hold(Held held) {
        held.room.held.put(held.entry.id(), held);
        held.room.bytes += held.entry.payloadBytes();
        bytes += held.entry.payloadBytes();
        inHand++;
    }

    private void release(Held held) {
        if (held.room.held.remove(held.entry.id(), held)) {
            held.room.bytes -= held.entry.payloadBytes();
            bytes -= held.entry.payloadBytes();
        }
    }

    // ---- answers

    private void takeAnswers() {
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            Held held = answer.held();
            PublishReceipt receipt = answer.receipt();
            if (receipt != null) {
                settle(held);
                count(1, 0, 0);
                tell(listener -> listener.sent(held.entry, receipt));
            } else {
                failed(held, unwrapped(answer.failure()));
            }
        }
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void failed(Held held, @Nullable Throwable failure) {
        if (failure instanceof PublishException refused) {
            if (isFinal(refused.failure())) {
                fail(held, refused);
            } else {
                LOG.debug(
                        "[{}] entry {} of the outbox is tried again: {}",
                        held.room.broker,
                        held.entry.id(),
                        refused.failure());
                again(held);
            }
        } else {
            LOG.error(
                    "[{}] entry {} of the outbox failed unexpectedly; it is tried again",
                    held.room.broker,
                    held.entry.id(),
                    failure);
            again(held);
        }
    }

    /** Whether trying again cannot help. A broker that does not exist is noticed by {@link #poll}, which asks the store. */
    private static boolean isFinal(PublishFailure failure) {
        return switch (failure) {
            case UNKNOWN_DEVICE, NO_TOPIC, REFUSED, NOT_SENDABLE, UNSAFE_QOS_2 -> true;
            // expired: only the queue's own limit of age if the entry's time is not over
            case UNKNOWN_BROKER, NOT_CONNECTED, QUEUE_FULL, EXPIRED, CANCELLED, NO_ANSWER, CLOSED -> false;
        };
    }

    private void fail(Held held, PublishException failure) {
        settle(held);
        count(0, 1, 0);
        warn(held, failure);
        tell(listener -> listener.failed(held.entry, failure));
    }

    private void warn(Held held, PublishException failure) {
        Room room = held.room;
        long now = nanos.getAsLong();
        if (room.warnedAt != 0 && now - room.warnedAt < BETWEEN_WARNINGS.toNanos()) {
            room.unwarned++;
            return;
        }
        LOG.warn(
                "[{}] entry {} of the outbox can never be sent and is removed: {} {}{}",
                room.broker,
                held.entry.id(),
                failure.failure(),
                failure.getMessage(),
                room.unwarned == 0 ? "" : " (so were " + room.unwarned + " others)");
        room.warnedAt = now;
        room.unwarned = 0;
    }

    /** It is read again, for it may have been deleted meanwhile; until then nothing later of its lane goes. */
    private void again(Held held) {
        Room room = held.room;
        release(held);
        inHand--;
        room.blocked.put(held.lane, nanos.getAsLong() + RETRY.toNanos());
        unread.add(room);
    }

    private void settle(Held held) {
        if (settled.isEmpty()) {
            settledSince = nanos.getAsLong();
        }
        held.isSettled = true;
        inHand--;
        settled.add(held);
    }

    // ---- removing

    private boolean isRemovalDue() {
        if (settled.isEmpty()) {
            return false;
        }
        long since = nanos.getAsLong() - settledSince;
        if (inHand == 0 || settled.size() >= REMOVED_AT_ONCE || since >= REMOVE_WITHIN.toNanos()) {
            return true;
        }
        turnAfter(REMOVE_WITHIN.toNanos() - since);
        return false;
    }

    private void removeSettled() {
        if (settled.isEmpty()) {
            return;
        }
        outbox.remove(settled.stream().map(held -> held.entry.id()).toList());
        depthsChanged = true;
        for (Held held : settled) {
            release(held);
            forgetIfIdle(held.room);
        }
        settled.clear();
    }

    private void count(int sent, int failed, int expired) {
        OutboxCounters before = counters;
        counters = new OutboxCounters(before.sent() + sent, before.failed() + failed, before.expired() + expired);
    }

    private void tell(Consumer<OutboxListener> news) {
        for (OutboxListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (Throwable e) {
                LOG.error("listener {} failed", listener.getClass().getName(), e);
            }
        }
    }
}
