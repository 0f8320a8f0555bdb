package io.github.mqttmanager.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.WhenDevicesExist;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.DeviceMessageHandler;
import io.github.mqttmanager.test.ScriptedBroker;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class MqttManagerHealthTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    MqttManagerAutoConfiguration.class, MqttManagerHealthContributorAutoConfiguration.class))
            .withBean(DeviceMessageHandler.class, () -> (device, publish) -> {});

    @Test
    void healthFollowsTheBrokersThatAreWanted() {
        runner.run(context -> {
            MqttManager manager = context.getBean(MqttManager.class);
            BrokersHealthContributor health = context.getBean(BrokersHealthContributor.class);
            assertThat(health.stream()).isEmpty();
            manager.save(BrokerDefinition.builder("gone", "127.0.0.1", 1).build());
            manager.save(BrokerDefinition.builder("off", "127.0.0.1", 1)
                    .active(false)
                    .build());
            assertThat(health.stream().map(entry -> entry.name())).containsExactly("gone");
            Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                Health gone = ((HealthIndicator) health.getContributor("gone")).health();
                assertThat(gone.getStatus()).isEqualTo(Status.UNKNOWN);
                assertThat(gone.getDetails()).containsKeys("failure", "message", "remedy");
            });
            assertThat(health.getContributor("off")).isNull();
            assertThat(health.getContributor("never heard of")).isNull();
            manager.delete(BrokerId.of("gone"), WhenDevicesExist.REFUSE);
            Awaitility.await().untilAsserted(() -> assertThat(health.stream()).isEmpty());
        });
    }

    @Test
    void aBrokerThatIsConnectedIsUp() {
        try (ScriptedBroker broker = ScriptedBroker.start()) {
            runner.run(context -> {
                context.getBean(MqttManager.class)
                        .save(BrokerDefinition.builder("there", broker.host(), broker.port())
                                .build());
                BrokersHealthContributor health = context.getBean(BrokersHealthContributor.class);
                Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                    Health there = ((HealthIndicator) health.getContributor("there")).health();
                    assertThat(there.getStatus()).isEqualTo(Status.UP);
                    assertThat(there.getDetails()).doesNotContainKey("failure");
                });
            });
        }
    }

    @Test
    void brokersThatAreAwayCanBeReportedAsDown() {
        runner.withPropertyValues("mqtt-manager.health.down=true").run(context -> {
            context.getBean(MqttManager.class)
                    .save(BrokerDefinition.builder("gone", "127.0.0.1", 1).build());
            HealthIndicator gone = (HealthIndicator)
                    context.getBean(BrokersHealthContributor.class).getContributor("gone");
            assertThat(gone.health().getStatus()).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void healthCanBeSwitchedOff() {
        runner.withPropertyValues("management.health.mqtt-manager.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(BrokersHealthContributor.class));
    }
}
