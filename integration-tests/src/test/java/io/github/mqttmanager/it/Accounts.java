package io.github.mqttmanager.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.connection.TrafficCounters;

/** The equations that the counters obey at any moment. */
final class Accounts {
    private Accounts() {}

    static void areBalanced(TrafficCounters counters) {
        assertThat(counters.received())
                .as("received of %s", counters)
                .isEqualTo(counters.acknowledged()
                        + counters.duplicates()
                        + counters.unrouted()
                        + counters.dropped()
                        + counters.released()
                        + counters.open());
        assertThat(counters.accepted())
                .as("accepted of %s", counters)
                .isEqualTo(counters.published()
                        + counters.failed()
                        + counters.expired()
                        + counters.rejected()
                        + counters.queued()
                        + counters.inFlight());
    }
}
