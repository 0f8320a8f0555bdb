package io.github.mqttmanager.spring;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionFailure;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * One health for each broker that is wanted, by its id; asked anew each time, so it follows what is added and deleted. A broker that is
 * not connected is UNKNOWN, or DOWN where the configuration says so.
 */
final class BrokersHealthContributor implements CompositeHealthContributor {
    private final MqttManager manager;
    private final boolean down;

    BrokersHealthContributor(MqttManager manager, boolean down) {
        this.manager = manager;
        this.down = down;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        BrokerId id;
        try {
            id = BrokerId.of(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
        return manager.status(id)
                .filter(BrokerStatus::wanted)
                .map(status -> (HealthIndicator) () -> health(status))
                .orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return manager.statuses().stream()
                .filter(BrokerStatus::wanted)
                .map(status ->
                        new HealthContributors.Entry(status.broker().value(), (HealthIndicator) () -> health(status)));
    }

    private Health health(BrokerStatus status) {
        Health.Builder health = status.isConnected() ? Health.up() : down ? Health.down() : Health.unknown();
        health.withDetail("state", status.state())
                .withDetail("since", status.since())
                .withDetail("attempt", status.attempt());
        ConnectionFailure failure = status.failure();
        if (failure != null) {
            health.withDetail("failure", failure.kind())
                    .withDetail("message", failure.message())
                    .withDetail("remedy", failure.remedy());
        }
        return health.build();
    }
}
