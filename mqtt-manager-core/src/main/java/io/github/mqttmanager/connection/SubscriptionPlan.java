package io.github.mqttmanager.connection;

import io.github.mqttmanager.topic.TopicDemand;
import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicTemplate;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which filters are to be held so that all that is wanted comes, and comes once where that can be had. Where many devices share a
 * template, one filter with a wildcard in place of the name stands for all of them; a filter that another one covers is left out; shared
 * subscriptions stay as they are. What the broker refused stands for nothing and covers nothing. Not thread-safe.
 */
final class SubscriptionPlan {
    private final int coalesceFrom;

    /** Templates that one filter stands for. */
    private Set<TopicTemplate> coalesced = Set.of();

    private CoverTree covers = new CoverTree();

    /** Filters without which others would be needed. */
    private final FilterSet relied = new FilterSet();

    /** @param coalesceFrom how many devices with one template are worth a filter with a wildcard */
    SubscriptionPlan(int coalesceFrom) {
        this.coalesceFrom = coalesceFrom;
    }

    /**
     * All filters to hold.
     *
     * @param coalescing whether filters with wildcards may stand for many devices
     * @param refused what the broker does not grant
     */
    Set<TopicFilter> filters(TopicDemand demand, boolean coalescing, Predicate<TopicFilter> refused) {
        Set<TopicFilter> filters = new HashSet<>();
        Set<TopicTemplate> together = new HashSet<>();
        relied.clear();
        demand.templates().forEach(template -> {
            if (isCoalesced(template, demand, coalescing, refused)) {
                together.add(template);
                filters.add(template.filterOfAll());
                relied.add(template.filterOfAll());
            } else if (template.hasDevice()) {
                demand.names(template).map(template::filter).forEach(filters::add);
            } else {
                filters.add(TopicFilter.of(template.value()));
            }
        });
        coalesced = Set.copyOf(together);
        covers = new CoverTree();
        filters.stream()
                .filter(filter -> filter.hasWildcard() && !filter.isShared() && !refused.test(filter))
                .forEach(covers::add);
        filters.removeIf(this::isCovered);
        return filters;
    }

    /** Whether the template's devices are still to be treated as in the last plan: all together, or each for itself. */
    boolean isStill(TopicTemplate template, TopicDemand demand, boolean coalescing, Predicate<TopicFilter> refused) {
        return isCoalesced(template, demand, coalescing, refused) == coalesced.contains(template);
    }

    /** Whether a filter of the last plan makes this one needless. */
    boolean isCovered(TopicFilter filter) {
        TopicFilter over = covers.over(filter);
        if (over != null) {
            relied.add(over);
        }
        return over != null;
    }

    /** Whether the template's devices share one filter, so that one device more or less changes nothing. */
    boolean isCoalesced(TopicTemplate template) {
        return coalesced.contains(template);
    }

    /** Whether others are needed once this is refused. */
    boolean reliesOn(TopicFilter filter) {
        return relied.contains(filter);
    }

    private boolean isCoalesced(
            TopicTemplate template, TopicDemand demand, boolean coalescing, Predicate<TopicFilter> refused) {
        if (!coalescing || !template.hasDevice() || template.isShared()) {
            return false;
        }
        // Once together they stay so until half of them are gone: a device that comes and goes shall not change it each
        // time.
        int enough = coalesced.contains(template) ? (coalesceFrom + 1) / 2 : coalesceFrom;
        return demand.devices(template) >= enough && !refused.test(template.filterOfAll());
    }
}
