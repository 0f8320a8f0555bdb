package io.github.mqttmanager.spring;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.Transactions;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.connection.HostResolver;
import io.github.mqttmanager.connection.InboundLimits;
import io.github.mqttmanager.connection.NetworkPolicy;
import io.github.mqttmanager.connection.OutboundLimits;
import io.github.mqttmanager.connection.ReconnectPolicy;
import io.github.mqttmanager.device.AsyncDeviceMessageHandler;
import io.github.mqttmanager.device.DeadLetterHandler;
import io.github.mqttmanager.device.DeviceMessageHandler;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.device.PresenceListener;
import io.github.mqttmanager.publish.Outbox;
import io.github.mqttmanager.publish.OutboxListener;
import io.github.mqttmanager.topic.TopicName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/** The manager, its repositories in memory where no others are, and its life. */
@AutoConfiguration(after = {SslAutoConfiguration.class, MqttManagerJpaAutoConfiguration.class})
@ConditionalOnBooleanProperty(name = "mqtt-manager.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MqttManagerProperties.class)
public final class MqttManagerAutoConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(MqttManagerAutoConfiguration.class);

    @Bean
    @ConditionalOnMissingBean(BrokerRepository.class)
    InMemoryBrokerRepository mqttManagerBrokerRepository() {
        LOG.warn(
                "Brokers are kept in memory and lost at the end; for storage add mqtt-manager-jpa or a BrokerRepository bean");
        return new InMemoryBrokerRepository();
    }

    @Bean
    @ConditionalOnMissingBean(DeviceRepository.class)
    InMemoryDeviceRepository mqttManagerDeviceRepository() {
        LOG.warn(
                "Devices are kept in memory and lost at the end; for storage add mqtt-manager-jpa or a DeviceRepository bean");
        return new InMemoryDeviceRepository();
    }

    @Bean
    @ConditionalOnMissingBean
    NetworkPolicy mqttManagerNetworkPolicy(MqttManagerProperties properties) {
        return switch (properties.getNetwork().getPolicy()) {
            case PUBLIC_FOR_OWNED -> NetworkPolicy.publicForOwned();
            case EVERYTHING -> NetworkPolicy.everything();
        };
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    MqttManager mqttManager(
            MqttManagerProperties properties,
            Environment environment,
            BrokerRepository brokers,
            DeviceRepository devices,
            NetworkPolicy networkPolicy,
            ObjectProvider<Transactions> transactions,
            ObjectProvider<DeviceMessageHandler> handler,
            ObjectProvider<AsyncDeviceMessageHandler> asyncHandler,
            ObjectProvider<DeadLetterHandler> deadLetters,
            ObjectProvider<ConnectionListener> listeners,
            ObjectProvider<PresenceListener> presenceListeners,
            ObjectProvider<Outbox> outbox,
            ObjectProvider<OutboxListener> outboxListeners,
            ObjectProvider<ReconnectPolicy> reconnectPolicy,
            ObjectProvider<HostResolver> hostResolver,
            ObjectProvider<TlsBundles> tlsBundles,
            ObjectProvider<SslBundles> sslBundles,
            ObjectProvider<MqttManagerBuilderCustomizer> customizers) {
        MqttManager.Builder builder = MqttManager.builder()
                .brokers(brokers)
                .devices(devices)
                .networkPolicy(networkPolicy)
                .startsPerSecond(properties.getStartsPerSecond())
                .coalesceSubscriptionsFrom(properties.getCoalesceSubscriptionsFrom())
                .lastSeenInterval(properties.getLastSeenInterval())
                .responsePrefix(TopicName.of(properties.getResponsePrefix()))
                .inboundLimits(limits(properties.getInbound()))
                .outboundLimits(limits(properties.getOutbound()))
                .handlerRetries(
                        properties.getHandler().getFirstRetry(),
                        properties.getHandler().getMaxRetry());
        MqttManagerProperties.Handler handling = properties.getHandler();
        builder.handlerDeadline(handling.getDeadline()).closeDeadline(handling.getCloseDeadline());
        if (Threading.VIRTUAL.isActive(environment)) {
            builder.handlerExecutor(new VirtualThreadTaskExecutor("mqtt-manager-handler-"));
        }
        if (properties.getHandlerThreads() != null) {
            builder.handlerThreads(properties.getHandlerThreads());
        }
        transactions.ifAvailable(builder::transactions);
        handler.ifAvailable(builder::handler);
        asyncHandler.ifAvailable(builder::asyncHandler);
        deadLetters.ifAvailable(
                bean -> builder.deadLetters(bean, properties.getHandler().getAttempts()));
        listeners.orderedStream().forEach(builder::listener);
        presenceListeners.orderedStream().forEach(builder::presenceListener);
        outbox.ifAvailable(builder::outbox);
        outboxListeners.orderedStream().forEach(builder::outboxListener);
        reconnectPolicy.ifAvailable(builder::reconnectPolicy);
        hostResolver.ifAvailable(builder::hostResolver);
        sslBundles.ifAvailable(bundles -> builder.tlsBundles(new SslBundleMaterial(bundles)));
        tlsBundles.ifAvailable(builder::tlsBundles);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        try {
            return builder.build();
        } catch (IllegalStateException e) {
            throw new MissingHandlerException(e);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    MqttManagerLifecycle mqttManagerLifecycle(
            MqttManager manager, MqttManagerProperties properties, ObjectProvider<Transactions> transactions) {
        return new MqttManagerLifecycle(
                manager,
                new ConfiguredBrokers(properties.getBrokers()),
                transactions.getIfAvailable(Transactions::none),
                properties.isAutoStart());
    }

    @Bean
    static LazyInitializationExcludeFilter mqttManagerEager() {
        return LazyInitializationExcludeFilter.forBeanTypes(MqttManagerLifecycle.class);
    }

    private static InboundLimits limits(MqttManagerProperties.Inbound inbound) {
        return new InboundLimits(
                inbound.getMessages(),
                inbound.getSize().toBytes(),
                inbound.getOverallMessages(),
                inbound.getOverallSize().toBytes());
    }

    private static OutboundLimits limits(MqttManagerProperties.Outbound outbound) {
        return new OutboundLimits(
                outbound.getCount(),
                outbound.getSize().toBytes(),
                outbound.getOverallSize().toBytes(),
                outbound.getMaxAge(),
                outbound.getWindow(),
                outbound.getAnswerTimeout());
    }
}
