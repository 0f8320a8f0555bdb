package io.github.mqttmanager.spring;

import io.github.mqttmanager.MqttManager;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health of each broker that is wanted. */
@AutoConfiguration(after = MqttManagerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(MqttManager.class)
@ConditionalOnEnabledHealthIndicator("mqtt-manager")
public final class MqttManagerHealthContributorAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = {"mqttManagerHealthContributor", "mqttManagerHealthIndicator"})
    BrokersHealthContributor mqttManagerHealthContributor(MqttManager manager, MqttManagerProperties properties) {
        return new BrokersHealthContributor(manager, properties.getHealth().isDown());
    }
}
