package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one device's being there. Times in nanoseconds are monotonic. This class is thread-safe, but for its place in the
 * wheel.
 */
final class DevicePresence extends TimerWheel.Entry {
    /** How long a broker that came back has for correcting what was said before. */
    static final Duration SETTLING = Duration.ofSeconds(5);

    static final long FOR_EVER = Long.MAX_VALUE;

    /** Longer than any device may be silent before it is offline. */
    private static final Duration LONG_AGO = Duration.ofDays(30);

    /** @param lasts for how many nanoseconds, if nothing is heard */
    record Standing(Presence presence, long lasts) {}

    /** What listeners are to be told. */
    record Change(Device device, Presence before, Presence now) {}

    private static final long NEVER = Long.MIN_VALUE;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** The first second, and less a sign the last but few, whose nanoseconds fit. */
    private static final long EARLIEST = Long.MIN_VALUE / SECOND + 1;

    /** Where its broker has it; guarded by that. */
    int place;

    private volatile @Nullable String availabilityTopic;

    /** Written while this is locked. */
    private volatile Device device;

    // guarded by this
    private BrokerReach broker;

    /** In nanoseconds since 1970, for a million of them take less space so than as objects. */
    private long lastSeen = NEVER;

    private boolean recalled;
    private boolean heard;
    private long heardAt;
    private @Nullable Presence said;

    /** How often its broker had been lost when that was said, or was last borne out. */
    private int saidAfter;

    private Presence told = Presence.UNKNOWN;
    private boolean awaitsWriting;
    private boolean awaitsLook;
    private boolean gone;

    DevicePresence(Device device, BrokerReach broker) {
        this.device = device;
        this.broker = broker;
        this.availabilityTopic = availabilityTopic(device);
    }

    private static @Nullable String availabilityTopic(Device device) {
        Availability availability = device.availability();
        return availability == null
                ? null
                : availability.topic().name(device.topicName()).value();
    }

    /** As messages are routed to it now. */
    Device device() {
        return device;
    }

    synchronized BrokerReach broker() {
        return broker;
    }

    synchronized BrokerReach.@Nullable AvailabilityTopic availability() {
        Availability availability = device.availability();
        String topic = availabilityTopic;
        return availability == null || topic == null
                ? null
                : new BrokerReach.AvailabilityTopic(
                        topic, availability.topic().filterOfAll().value());
    }

    synchronized void update(Device changed, BrokerReach reach) {
        String topic = availabilityTopic(changed);
        if (broker != reach || topic == null || !topic.equals(availabilityTopic)) {
            said = null;
        }
        device = changed;
        broker = reach;
        availabilityTopic = topic;
    }

    synchronized void forget() {
        gone = true;
    }

    synchronized boolean isGone() {
        return gone;
    }

    // ---- what comes in
    // -------------------------------------------------------------------------------------------------------

    boolean isAvailability(TopicName topic) {
        return topic.value().equals(availabilityTopic);
    }

    /** What the payload of an availability topic says; empty if nothing that was agreed upon. */
    synchronized Optional<Presence> meaning(ByteBuffer payload) {
        Availability agreed = device.availability();
        if (agreed == null) {
            return Optional.empty();
        }
        String text = StandardCharsets.UTF_8.decode(payload).toString();
        if (text.equals(agreed.online())) {
            return Optional.of(Presence.ONLINE);
        }
        return text.equals(agreed.offline()) ? Optional.of(Presence.OFFLINE) : Optional.empty();
    }

    synchronized void said(Presence presence) {
        said = presence;
        saidAfter = broker.link().losses();
    }

    synchronized void heard(long now, Instant at) {
        heard = true;
        heardAt = now;
        seen(at);
        if (said == Presence.OFFLINE) {
            said = null;
        } else {
            saidAfter = broker.link().losses();
        }
    }

    private void seen(Instant at) {
        lastSeen = Math.max(lastSeen, nanos(at));
    }

    /** Of the years 1678 to 2262. */
    private static long nanos(Instant time) {
        long seconds = Math.max(EARLIEST, Math.min(time.getEpochSecond(), -EARLIEST));
        return seconds * SECOND + time.getNano();
    }

    /** What the repository knows, or does not. */
    synchronized void recall(@Nullable Instant stored, Instant today, long now) {
        recalled = true;
        if (stored == null) {
            return;
        }
        seen(stored);
        if (!heard) {
            Duration silent = Duration.between(stored, today);
            heard = true;
            heardAt = now - (silent.compareTo(LONG_AGO) > 0 ? LONG_AGO : silent).toNanos();
            if (silent.isNegative()) {
                heardAt = now;
            }
        }
    }

    // ---- what follows from it
    // ------------------------------------------------------------------------------------------------

    synchronized Optional<Instant> lastSeen() {
        return lastSeen == NEVER
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(Math.floorDiv(lastSeen, SECOND), Math.floorMod(lastSeen, SECOND)));
    }

    /** Whether the repository may know of a time and was not asked. */
    synchronized boolean wantsRecall() {
        return !recalled;
    }

    synchronized Standing standing(long now) {
        BrokerReach.Link link = broker.link();
        if (!link.up()) {
            return new Standing(Presence.UNKNOWN, FOR_EVER);
        }
        long back = now - link.since();
        if (said != null) {
            boolean settling = saidAfter < link.losses() && back < SETTLING.toNanos();
            return settling ? new Standing(Presence.UNKNOWN, SETTLING.toNanos() - back) : new Standing(said, FOR_EVER);
        }
        if (!heard) {
            return new Standing(Presence.UNKNOWN, FOR_EVER);
        }
        long expected = device.expectedInterval().toNanos();
        long fresh = expected + expected / 2;
        long silent = now - heardAt;
        if (silent <= fresh) {
            return new Standing(Presence.ONLINE, fresh - silent + 1);
        }
        long missed = Math.min(silent, back);
        if (missed <= fresh) {
            return new Standing(Presence.UNKNOWN, fresh - missed + 1);
        }
        return missed <= 3 * expected
                ? new Standing(Presence.QUIET, 3 * expected - missed + 1)
                : new Standing(Presence.OFFLINE, FOR_EVER);
    }

    synchronized boolean isToldOnline() {
        return told == Presence.ONLINE;
    }

    /** @return what is new since this was last called */
    synchronized Optional<Change> tell(Presence now) {
        if (now == told) {
            return Optional.empty();
        }
        Change change = new Change(device, told, now);
        told = now;
        return Optional.of(change);
    }

    // ---- queues: a device is at most once in each
    // ----------------------------------------------------------------------------

    /** @return whether it is to be put into the queue of those whose last-seen time is not written */
    synchronized boolean queueForWriting() {
        boolean add = !awaitsWriting && !gone;
        awaitsWriting = true;
        return add;
    }

    /** Out of the queue; the time that is to be written, if there is one. */
    synchronized Optional<Instant> write() {
        awaitsWriting = false;
        return gone ? Optional.empty() : lastSeen();
    }

    /** @return whether it is to be put into the queue of those that are to be looked at */
    synchronized boolean queueForLook() {
        boolean add = !awaitsLook;
        awaitsLook = true;
        return add;
    }

    /** Out of the queue. */
    synchronized void looked() {
        awaitsLook = false;
    }
}
