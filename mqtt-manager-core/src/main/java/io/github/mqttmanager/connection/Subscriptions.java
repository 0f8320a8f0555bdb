package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The filters of one broker: what is asked for, what the broker answered, and what it may still hold though nobody wants it. The client
 * repeats no subscription by itself, for it would not tell of a refusal. Belongs to the lane.
 */
final class Subscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
    private static final int FILTERS_PER_SUBSCRIBE = 50;

    /** Hears how it goes, on the lane. */
    interface Listener {
        /** An answer came, or nothing was to be asked. */
        void subscriptionsChanged();

        /** The broker left a SUBSCRIBE unanswered, or it failed: without another connection nobody would ever know what holds. */
        void subscribingFailed(@Nullable Throwable cause);
    }

    private final BrokerId broker;
    private final Engine engine;
    private final Lane lane;
    private final Supplier<Set<TopicFilter>> own;
    private final Listener listener;

    private final Map<TopicFilter, SubscriptionStatus> subscriptions = new LinkedHashMap<>();

    /** Filters that the broker may still hold for our session and that nobody wants. */
    private final Set<TopicFilter> unwanted = new TreeSet<>();

    private @Nullable MqttLink link;
    private int answersAwaited;

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
    }

    /** The broker accepted us; what is wanted is asked for again, whatever it had kept. */
    void connected(MqttLink accepted, boolean sessionPresent) {
        disconnected();
        link = accepted;
        if (sessionPresent) {
            unwanted.addAll(subscriptions.keySet());
        } else {
            unwanted.clear();
        }
        subscriptions.clear();
        synchronize();
    }

    /** Asks for what is wanted and not held, gives back what is held and not wanted. Does nothing without a connection. */
    void synchronize() {
        MqttLink to = link;
        if (to == null) {
            return;
        }
        Set<TopicFilter> wanted = new HashSet<>(engine.wantedFilters().apply(broker));
        wanted.addAll(own.get());
        List<TopicFilter> missing = wanted.stream()
                .filter(filter -> !subscriptions.containsKey(filter))
                .sorted()
                .toList();
        Set<TopicFilter> surplus = new HashSet<>(subscriptions.keySet());
        surplus.addAll(unwanted);
        surplus.removeAll(wanted);
        batches(missing).forEach(batch -> subscribe(to, batch));
        batches(surplus.stream().sorted().toList()).forEach(batch -> giveBack(to, batch));
        if (link == to) {
            listener.subscriptionsChanged();
        }
    }

    private void subscribe(MqttLink to, List<TopicFilter> batch) {
        batch.forEach(
                filter -> subscriptions.put(filter, new SubscriptionStatus(filter, QoS.AT_LEAST_ONCE, null, null)));
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

    private void giveBack(MqttLink to, List<TopicFilter> batch) {
        batch.forEach(subscriptions::remove);
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
        if (answers != null) {
            for (SubscriptionStatus answer : answers) {
                subscriptions.computeIfPresent(answer.filter(), (filter, before) -> answer);
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
        }
        listener.subscriptionsChanged();
    }

    /** The connection is gone, or given up. */
    void disconnected() {
        connection++;
        link = null;
        answersAwaited = 0;
        cancelLimit();
    }

    /** The client is gone; the broker may still hold the session. */
    void clientEnded() {
        disconnected();
        unwanted.addAll(subscriptions.keySet());
        subscriptions.clear();
    }

    /** Whether the broker has answered all that was asked. */
    boolean isAnswered() {
        return answersAwaited == 0;
    }

    /** What was asked for and may be held. */
    List<TopicFilter> filters() {
        return new ArrayList<>(subscriptions.keySet());
    }

    /** How it stands with the filter, or null if it was not asked for. */
    @Nullable
    SubscriptionStatus of(TopicFilter filter) {
        return subscriptions.get(filter);
    }

    List<SubscriptionStatus> all() {
        return List.copyOf(subscriptions.values());
    }

    List<SubscriptionStatus> refused() {
        return subscriptions.values().stream()
                .filter(SubscriptionStatus::isRefused)
                .toList();
    }

    private static List<List<TopicFilter>> batches(List<TopicFilter> filters) {
        List<List<TopicFilter>> batches = new ArrayList<>();
        for (int i = 0; i < filters.size(); i += FILTERS_PER_SUBSCRIBE) {
            batches.add(List.copyOf(filters.subList(i, Math.min(i + FILTERS_PER_SUBSCRIBE, filters.size()))));
        }
        return batches;
    }
}
