package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import io.github.mqttmanager.topic.TopicTemplate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The filters of one broker: what is asked for, what the broker answered, and what it may still hold though nobody wants it. The client
 * repeats no subscription by itself, for it would not tell of a refusal. What is not needed any more is given back when all that was
 * asked for is answered, so that nothing is missed between the old and the new. Belongs to the lane, except where said.
 */
final class Subscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    private static final int FILTERS_PER_PACKET = 50;
    private static final int MAX_CHANGES = 10_000;

    /** How many are named in the status, for people to read. */
    static final int MAX_SHOWN = 1_000;

    private static final int WILDCARDS_NOT_SUPPORTED = 0xA2;
    private static final int SHARED_NOT_SUPPORTED = 0x9E;

    /** Hears how it goes, on the lane. */
    interface Listener {
        /** An answer came, or nothing was to be asked. */
        void subscriptionsChanged();

        /** The broker left a SUBSCRIBE unanswered, or it failed: without another connection nobody would ever know what holds. */
        void subscribingFailed(@Nullable Throwable cause);
    }

    private record Change(TopicTemplate template, String deviceName) {}

    private final BrokerId broker;
    private final Engine engine;
    private final Lane lane;
    private final Supplier<Set<TopicFilter>> own;
    private final Listener listener;
    private final SubscriptionPlan plan;

    /** What was asked for; changed on the lane, read by anybody. */
    private final NavigableMap<TopicFilter, SubscriptionStatus> subscriptions = new ConcurrentSkipListMap<>();

    private final FilterSet pending = new FilterSet();

    /** Those of {@link #subscriptions} that were refused. */
    private final FilterSet refused = new FilterSet();

    /** What the broker refused since it accepted us, whether still asked for or not. */
    private final FilterSet refusals = new FilterSet();

    /** To be given back as soon as nothing is awaited. */
    private final FilterSet surplus = new FilterSet();

    /** Filters that the broker may still hold for our session and that nobody wants. */
    private final FilterSet unwanted = new FilterSet();

    /** What others have noted, until it is looked at on the lane; guarded by this. */
    private @Nullable Set<Change> changes;

    /** Noted more than is worth keeping; guarded by this. */
    private boolean manyChanges;

    private @Nullable MqttLink link;
    private @Nullable BrokerGrants grants;
    private int answersAwaited;

    /**
     * How often in a row the connection was lost while a filter that stands for many waited for its answer: some brokers close the
     * connection instead of refusing it.
     */
    private int lostTogether;

    /** Raised with every connection; an answer to an earlier one's SUBSCRIBE does not count for this one. */
    private int connection;

    private @Nullable ScheduledFuture<?> limit;

    /** @param filters of the connection itself, beside those that its devices want */
    Subscriptions(BrokerId broker, Engine engine, Lane lane, Supplier<Set<TopicFilter>> filters, Listener listener) {
        this.broker = broker;
        this.engine = engine;
        this.lane = lane;
        this.own = filters;
        this.listener = listener;
        this.plan = new SubscriptionPlan(engine.coalesceFrom());
    }

    /** The broker accepted us; what is wanted is asked for again, whatever it had kept. */
    void connected(MqttLink accepted, BrokerGrants granted) {
        disconnected();
        link = accepted;
        grants = granted;
        if (granted.sessionPresent()) {
            unwanted.addAll(subscriptions.keySet());
        } else {
            unwanted.clear();
        }
        subscriptions.clear();
        refused.clear();
        refusals.clear();
        synchronize();
    }

    /**
     * Notes that a filter may be wanted now, or no longer. From any thread.
     *
     * @return whether {@link #follow} is to be called, on the lane
     */
    synchronized boolean note(TopicTemplate template, String deviceName) {
        boolean first = changes == null;
        if (changes == null) {
            changes = new LinkedHashSet<>();
        }
        if (changes.size() < MAX_CHANGES) {
            changes.add(new Change(template, deviceName));
        } else {
            manyChanges = true;
        }
        return first;
    }

    /** Asks for what was noted, gives back what is no longer wanted. Does nothing without a connection. */
    void follow() {
        Set<Change> noted;
        boolean many;
        synchronized (this) {
            noted = changes;
            many = manyChanges;
            changes = null;
            manyChanges = false;
        }
        if (link == null || noted == null) {
            return; // the next connection asks for all
        }
        TopicDemand demand = engine.demand().apply(broker);
        Set<TopicFilter> ours = own.get();
        List<TopicFilter> missing = new ArrayList<>();
        for (Change change : noted) {
            if (many || !plan.isStill(change.template(), demand, isCoalescing(), refusals::contains)) {
                synchronize();
                return;
            }
            TopicFilter filter = change.template().filter(change.deviceName());
            boolean asked = subscriptions.containsKey(filter);
            boolean wanted = ours.contains(filter) || demand.wants(filter);
            boolean covered = plan.isCoalesced(change.template()) || plan.isCovered(filter);
            if (wanted && covered && !ours.contains(filter)) {
                if (!asked) {
                    // For a moment, so that the broker sends what it retains for this device (MQTT 5 section 3.3.1.3).
                    missing.add(filter);
                    surplus.add(filter);
                }
            } else if (wanted != (asked && !surplus.contains(filter))) {
                if (filter.hasWildcard()) {
                    synchronize(); // it may cover others, or have covered them
                    return;
                }
                if (!wanted) {
                    surplus.add(filter);
                } else {
                    surplus.remove(filter);
                    if (!asked) {
                        missing.add(filter);
                    }
                }
            }
        }
        exchange(missing);
    }

    /** Compares all that is wanted with all that is held. Does nothing without a connection. */
    void synchronize() {
        if (link == null) {
            return;
        }
        Set<TopicFilter> wanted = plan.filters(engine.demand().apply(broker), isCoalescing(), refusals::contains);
        wanted.addAll(own.get());
        List<TopicFilter> missing = wanted.stream()
                .filter(filter -> !subscriptions.containsKey(filter))
                .toList();
        surplus.clear();
        Stream.concat(subscriptions.keySet().stream(), unwanted.stream())
                .filter(filter -> !wanted.contains(filter))
                .forEach(surplus::add);
        exchange(missing);
    }

    private boolean isCoalescing() {
        return grants != null && grants.wildcardAvailable() && lostTogether % 4 < 2;
    }

    /** The new before the old, so that no message falls between them. */
    private void exchange(List<TopicFilter> missing) {
        MqttLink to = link;
        if (to == null) {
            return;
        }
        List<TopicFilter> possible = new ArrayList<>();
        boolean others = false;
        for (TopicFilter filter : missing) {
            Integer impossible = impossible(filter);
            if (impossible == null) {
                possible.add(filter);
            } else {
                others |= answered(new SubscriptionStatus(filter, QoS.AT_LEAST_ONCE, null, impossible));
            }
        }
        if (others) {
            synchronize();
            return;
        }
        batches(possible).forEach(batch -> subscribe(to, batch));
        giveBack(to);
        if (link == to) {
            listener.subscriptionsChanged();
        }
    }

    /** What the broker said in CONNACK that it does not do must not be asked (MQTT 5 sections 3.2.2.3.11 and 3.2.2.3.13). */
    private @Nullable Integer impossible(TopicFilter filter) {
        if (grants == null) {
            return null;
        }
        if (filter.isShared() && !grants.sharedAvailable()) {
            return SHARED_NOT_SUPPORTED;
        }
        return filter.hasWildcard() && !grants.wildcardAvailable() ? WILDCARDS_NOT_SUPPORTED : null;
    }

    private void subscribe(MqttLink to, List<TopicFilter> batch) {
        for (TopicFilter filter : batch) {
            subscriptions.put(filter, new SubscriptionStatus(filter, QoS.AT_LEAST_ONCE, null, null));
            pending.add(filter);
            unwanted.remove(filter);
        }
        answersAwaited++;
        if (limit == null) {
            awaitAnswer();
        }
        int serial = connection;
        to.subscribe(batch, QoS.AT_LEAST_ONCE)
                .whenComplete((answers, failure) -> lane.execute(() -> {
                    if (serial == connection) {
                        answered(batch, answers, failure);
                    }
                }));
    }

    private void giveBack(MqttLink to) {
        if (answersAwaited > 0 || surplus.isEmpty()) {
            return;
        }
        List<TopicFilter> given = new ArrayList<>();
        for (TopicFilter filter : surplus) {
            subscriptions.remove(filter);
            if (!refused.remove(filter)) {
                given.add(filter);
            }
        }
        surplus.clear();
        batches(given).forEach(batch -> unsubscribe(to, batch));
    }

    private void unsubscribe(MqttLink to, List<TopicFilter> batch) {
        unwanted.addAll(batch);
        int serial = connection;
        to.unsubscribe(batch)
                .whenComplete((done, failure) -> lane.execute(() -> {
                    if (failure == null && serial == connection) {
                        batch.forEach(unwanted::remove);
                    }
                }));
    }

    /** The client has no limit of its own: a broker that stays silent would leave us without filters and none the wiser. */
    void awaitAnswer() {
        cancelLimit();
        int serial = connection;
        limit = engine.timer()
                .schedule(
                        () -> lane.execute(() -> {
                            if (serial == connection && answersAwaited > 0) {
                                listener.subscribingFailed(null);
                            }
                        }),
                        engine.timeouts().suback().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void cancelLimit() {
        if (limit != null) {
            limit.cancel(false);
            limit = null;
        }
    }

    private void answered(
            List<TopicFilter> batch, @Nullable List<SubscriptionStatus> answers, @Nullable Throwable failure) {
        answersAwaited--;
        boolean others = false;
        if (answers != null) {
            for (SubscriptionStatus answer : answers) {
                pending.remove(answer.filter());
                others |= answered(answer);
            }
        } else if (failure != null) {
            LOG.debug("[{}] SUBSCRIBE failed", broker, failure);
            batch.forEach(subscriptions::remove);
            unwanted.addAll(batch);
            listener.subscribingFailed(failure);
            return;
        }
        if (answersAwaited > 0) {
            awaitAnswer();
        } else {
            cancelLimit();
            if (isCoalescing()) {
                lostTogether = 0;
            }
        }
        if (others) {
            synchronize();
        } else {
            exchange(List.of());
        }
    }

    /** @return whether it changes what else is to be asked for */
    private boolean answered(SubscriptionStatus answer) {
        TopicFilter filter = answer.filter();
        subscriptions.put(filter, answer);
        if (!answer.isRefused()) {
            refused.remove(filter);
            return refusals.remove(filter) && filter.hasWildcard();
        }
        refused.add(filter);
        refusals.add(filter);
        if (!plan.reliesOn(filter)) {
            return false;
        }
        LOG.info("[{}] {} was refused; what it would have covered is asked for one by one", broker, filter);
        return true;
    }

    /** The connection is ended by ourselves. */
    void closing() {
        pending.clear();
        disconnected();
    }

    /** The connection is gone, or given up. */
    void disconnected() {
        if (pending.stream().anyMatch(plan::reliesOn) || (lostTogether > 0 && !pending.isEmpty())) {
            lostTogether++;
        }
        connection++;
        link = null;
        answersAwaited = 0;
        pending.clear();
        cancelLimit();
    }

    /** The client is gone; the broker may still hold the session. */
    void clientEnded() {
        disconnected();
        unwanted.addAll(subscriptions.keySet());
        subscriptions.clear();
        refused.clear();
    }

    /** Whether the broker has answered all that was asked. */
    boolean isAnswered() {
        return answersAwaited == 0;
    }

    /** What was asked for and may be held, in portions for one packet each. */
    List<List<TopicFilter>> batches() {
        return batches(List.copyOf(subscriptions.keySet()));
    }

    SubscriptionCounts counts() {
        return new SubscriptionCounts(
                subscriptions.size() - refused.size() - pending.size(), refused.size(), pending.size());
    }

    /** How it stands with the filter, or null if it was not asked for. */
    @Nullable
    SubscriptionStatus of(TopicFilter filter) {
        return subscriptions.get(filter);
    }

    /** All, or so many as people may want to read: the refused ones first, then those that are not answered. */
    List<SubscriptionStatus> shown() {
        Stream<SubscriptionStatus> all = subscriptions.values().stream();
        if (subscriptions.size() <= MAX_SHOWN) {
            return all.toList();
        }
        Stream<SubscriptionStatus> open = pending.stream().map(subscriptions::get);
        return Stream.of(refused().stream(), open, all)
                .flatMap(stream -> stream)
                .distinct()
                .limit(MAX_SHOWN)
                .toList();
    }

    /** Those that were refused. */
    List<SubscriptionStatus> refused() {
        return refused.stream().map(subscriptions::get).toList();
    }

    /** Those that would bring a message to the topic. From any thread. */
    List<SubscriptionStatus> bringing(TopicName topic) {
        return subscriptions.values().stream()
                .filter(subscription -> subscription.filter().matches(topic))
                .toList();
    }

    private List<List<TopicFilter>> batches(Collection<TopicFilter> filters) {
        int room = grants == null ? Integer.MAX_VALUE : grants.maximumPacketSize() / 2;
        List<List<TopicFilter>> batches = new ArrayList<>();
        List<TopicFilter> batch = new ArrayList<>();
        int bytes = 0;
        for (TopicFilter filter : filters.stream().sorted().toList()) {
            int length = 3 + filter.value().getBytes(StandardCharsets.UTF_8).length;
            if (!batch.isEmpty() && (batch.size() == FILTERS_PER_PACKET || bytes + length > room)) {
                batches.add(List.copyOf(batch));
                batch.clear();
                bytes = 0;
            }
            batch.add(filter);
            bytes += length;
        }
        if (!batch.isEmpty()) {
            batches.add(List.copyOf(batch));
        }
        return batches;
    }
}
