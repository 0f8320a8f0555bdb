package io.github.mqttmanager.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.broker.TlsBundles;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.Transport;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionFailure;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.connection.HostResolver;
import io.github.mqttmanager.connection.NetworkPolicy;
import io.github.mqttmanager.connection.ReconnectPolicy;
import io.github.mqttmanager.device.AsyncDeviceMessageHandler;
import io.github.mqttmanager.device.DeadLetterHandler;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceMessageHandler;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.InMemoryDeviceRepository;
import io.github.mqttmanager.device.PresenceListener;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.WhenDisconnected;
import io.github.mqttmanager.test.PacketType;
import io.github.mqttmanager.test.Reaction;
import io.github.mqttmanager.test.ScriptedBroker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class MqttManagerAutoConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(MqttManagerAutoConfiguration.class))
            .withBean(DeviceMessageHandler.class, () -> (device, publish) -> {});

    @Test
    void withoutStorageTheManagerWorksInMemoryAndSaysSo(CapturedOutput output) {
        runner.run(context -> {
            assertThat(context).hasSingleBean(MqttManager.class).hasSingleBean(InMemoryBrokerRepository.class);
            assertThat(context.getBean(MqttManager.class).brokers())
                    .isSameAs(context.getBean(InMemoryBrokerRepository.class));
            assertThat(output).contains("Brokers are kept in memory and lost at the end");
        });
    }

    @Test
    void everyBeanNameBeginsWithTheNameOfTheLibrary() {
        runner.run(context -> assertThat(Arrays.stream(context.getBeanDefinitionNames())
                        .filter(name -> {
                            Class<?> type = context.getType(name);
                            return type != null && type.getName().startsWith("io.github.mqttmanager");
                        })
                        .filter(name -> !name.startsWith("io.github.mqttmanager"))
                        .filter(name -> !name.startsWith("mqtt-manager-"))
                        .filter(name -> !name.equals("deviceMessageHandler")))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("mqttManager")));
    }

    /** On a runtime without virtual threads the setting does nothing, as everywhere in Spring. */
    @Test
    void virtualThreadsAreUsedWhereTheyAreWantedAndThere() {
        runner.withPropertyValues("spring.threads.virtual.enabled=true", "mqtt-manager.handler.deadline=10s")
                .run(context -> assertThat(context).hasSingleBean(MqttManager.class));
    }

    @Test
    void manyDevicesAreCoalescedAsTheSettingSays() {
        runner.withPropertyValues("mqtt-manager.coalesce-subscriptions-from=2")
                .run(context -> assertThat(context).hasSingleBean(MqttManager.class));
        runner.withPropertyValues("mqtt-manager.coalesce-subscriptions-from=1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("devices to coalesce must be at least 2, not 1"));
    }

    @Test
    void repositoriesOfTheHostArePickedUp() {
        runner.withUserConfiguration(OwnRepositories.class).run(context -> {
            assertThat(context.getBean(MqttManager.class).brokers()).isSameAs(context.getBean("ownBrokers"));
            assertThat(context.getBean(MqttManager.class).devices()).isSameAs(context.getBean("ownDevices"));
            assertThat(context).doesNotHaveBean("mqttManagerBrokerRepository");
        });
    }

    @Test
    void aManagerOfTheHostWins() {
        MqttManager own = MqttManager.builder().handler((device, publish) -> {}).build();
        runner.withBean("own", MqttManager.class, () -> own)
                .run(context -> assertThat(context.getBean(MqttManager.class)).isSameAs(own));
    }

    @Test
    void nothingIsConfiguredWhenSwitchedOff() {
        runner.withPropertyValues("mqtt-manager.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(MqttManager.class));
    }

    @Test
    void aMissingHandlerEndsTheStartWithARemedy() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(MqttManagerAutoConfiguration.class))
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(new MissingHandlerFailureAnalyzer()
                                    .analyze(context.getStartupFailure())
                                    .getAction())
                            .contains("DeviceMessageHandler");
                });
    }

    @Test
    void deadAndSilentBrokersDoNotDelayTheStart() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            InMemoryBrokerRepository brokers = new InMemoryBrokerRepository();
            for (int i = 0; i < 50; i++) {
                brokers.save(BrokerDefinition.builder("silent-" + i, "127.0.0.1", silent.getLocalPort())
                        .build());
                brokers.save(BrokerDefinition.builder("unknown-" + i, "broker-" + i + ".invalid", 1883)
                        .build());
            }
            long began = System.nanoTime();
            runner.withBean(BrokerRepository.class, () -> brokers).run(context -> {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
                assertThat(context.getBean(MqttManagerLifecycle.class).isRunning())
                        .isTrue();
            });
        }
    }

    @Test
    void theIntervalOfLastSeenTimesReachesTheManager() {
        runner.withPropertyValues("mqtt-manager.last-seen-interval=10s")
                .run(context -> assertThat(context).hasNotFailed());
        runner.withPropertyValues("mqtt-manager.last-seen-interval=1ms")
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("last-seen interval"));
    }

    @Test
    void limitsOfTheConfigurationReachTheManager() {
        runner.withPropertyValues("mqtt-manager.outbound.count=1", "mqtt-manager.outbound.max-age=1h")
                .run(context -> {
                    MqttManager manager = context.getBean(MqttManager.class);
                    manager.save(BrokerDefinition.builder("b", "127.0.0.1", 1)
                            .active(false)
                            .build());
                    OutboundPublish waiting = OutboundPublish.builder()
                            .topic("t")
                            .payload("1")
                            .whenDisconnected(WhenDisconnected.QUEUE)
                            .build();
                    CompletableFuture<?> first = manager.publishTo(BrokerId.of("b"), waiting);
                    CompletableFuture<?> second = manager.publishTo(BrokerId.of("b"), waiting);
                    assertThat(first).isNotDone();
                    assertThat(second)
                            .isCompletedExceptionally()
                            .failsWithin(Duration.ZERO)
                            .withThrowableThat()
                            .withMessageContaining("already wait for broker b");
                });
        for (String setting : List.of(
                "inbound.messages",
                "inbound.size",
                "inbound.overall-messages",
                "inbound.overall-size",
                "outbound.size",
                "outbound.overall-size",
                "outbound.max-age",
                "outbound.window",
                "outbound.answer-timeout")) {
            runner.withPropertyValues("mqtt-manager." + setting + "=0")
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("0"));
        }
        runner.withPropertyValues("mqtt-manager.response-prefix=a/+")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("a/+"));
    }

    @Test
    void settingsOfStartsAndHandlersReachTheManager() {
        Map.of(
                        "starts-per-second", "starts per second must be at least 1, not 0",
                        "handler-threads", "handler threads must be at least 1, not 0",
                        "handler.attempts", "attempts must be at least 1, not 0",
                        "handler.first-retry", "retry delays must be positive",
                        "handler.max-retry", "the maximum not below the first",
                        "handler.deadline", "the handler's deadline must be positive")
                .forEach((setting, words) -> runner.withBean(
                                DeadLetterHandler.class, () -> (device, publish, attempts, failure) -> {})
                        .withPropertyValues("mqtt-manager." + setting + "=0")
                        .run(context -> assertThat(context)
                                .as(setting)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining(words)));
    }

    @Test
    void whatTheHostHasForConnectionsIsAsked() {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        runner.withBean(ConnectionListener.class, () -> new ConnectionListener() {
                    @Override
                    public void statusChanged(BrokerStatus current) {
                        asked.add("listener");
                    }
                })
                .withBean(ReconnectPolicy.class, () -> (outage, settings, random) -> {
                    asked.add("policy");
                    return Duration.ofMinutes(1);
                })
                .withBean(TlsBundles.class, () -> name -> {
                    asked.add("bundle " + name);
                    throw new IllegalArgumentException(name);
                })
                .withBean(MqttManagerBuilderCustomizer.class, () -> builder -> asked.add("customizer"))
                .run(context -> {
                    context.getBean(MqttManager.class).save(brokerWithBundle());
                    await().untilAsserted(() -> assertThat(asked)
                            .containsExactlyInAnyOrder("listener", "policy", "bundle plant", "customizer"));
                });
    }

    @Test
    void bundlesOfTheApplicationAreUsedForTls() {
        runner.withBean(SslBundles.class, DefaultSslBundleRegistry::new).run(context -> {
            MqttManager manager = context.getBean(MqttManager.class);
            manager.save(brokerWithBundle());
            await().untilAsserted(() -> assertThat(manager.status(BrokerId.of("b"))
                            .map(BrokerStatus::failure)
                            .map(ConnectionFailure::message))
                    .hasValueSatisfying(message -> assertThat(message).contains("SSL bundle plant is not configured")));
        });
    }

    private static BrokerDefinition brokerWithBundle() {
        return BrokerDefinition.builder("b", "127.0.0.1", 1)
                .tls(TlsSettings.SYSTEM.withTrust(new TlsSettings.Bundle("plant")))
                .build();
    }

    @Test
    void anAsynchronousHandlerWillDoAndPresenceIsTold() {
        Set<String> told = ConcurrentHashMap.newKeySet();
        try (ScriptedBroker broker = ScriptedBroker.start()
                .on(
                        PacketType.SUBSCRIBE,
                        Reaction.behave().then((connection, packet) -> connection.publish("t", new byte[0])))) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(MqttManagerAutoConfiguration.class))
                    .withBean(AsyncDeviceMessageHandler.class, () -> (device, publish) -> {
                        told.add("message of " + device.id());
                        return CompletableFuture.completedFuture(null);
                    })
                    .withBean(
                            PresenceListener.class,
                            () -> (device, before, now, at) -> told.add(device.id() + " is " + now))
                    .run(context -> {
                        MqttManager manager = context.getBean(MqttManager.class);
                        manager.save(BrokerDefinition.builder("b", broker.host(), broker.port())
                                .build());
                        manager.save(
                                Device.builder("d", "b").telemetryTopics("t").build());
                        await().untilAsserted(() -> assertThat(told).contains("message of d", "d is ONLINE"));
                    });
        }
    }

    @Test
    void theManagerIsClosedWithTheContext() {
        runner.run(context -> {
            MqttManager manager = context.getBean(MqttManager.class);
            context.close();
            assertThatIllegalStateException().isThrownBy(manager::start);
        });
    }

    @Test
    void theManagerStartsAlsoWhereBeansAreLazy() {
        runner.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> assertThat(
                                context.getBean(MqttManagerLifecycle.class).isRunning())
                        .isTrue());
    }

    @Test
    void anInstanceThatMustNotConnectDoesNotStart() {
        runner.withPropertyValues("mqtt-manager.auto-start=false")
                .run(context -> assertThat(
                                context.getBean(MqttManagerLifecycle.class).isRunning())
                        .isFalse());
    }

    @Test
    void addressesAreLimitedForOwnedDefinitionsUnlessTheHostDecides() throws Exception {
        BrokerDefinition owned =
                BrokerDefinition.builder("b", "127.0.0.1", 1883).owner("tenant").build();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        runner.run(context -> assertThat(context.getBean(NetworkPolicy.class).permits(owned, loopback, 1883))
                .isFalse());
        runner.withPropertyValues("mqtt-manager.network.policy=everything")
                .run(context -> assertThat(context.getBean(NetworkPolicy.class).permits(owned, loopback, 1883))
                        .isTrue());
        runner.withBean(NetworkPolicy.class, NetworkPolicy::everything)
                .run(context -> assertThat(context).hasSingleBean(NetworkPolicy.class));
    }

    @Test
    void aHostResolverOfTheHostIsAsked() {
        CompletableFuture<String> asked = new CompletableFuture<>();
        runner.withBean(HostResolver.class, () -> host -> {
                    asked.complete(host);
                    throw new UnknownHostException(host);
                })
                .run(context -> {
                    context.getBean(MqttManager.class)
                            .save(BrokerDefinition.builder("b", "registered.service", 1883)
                                    .build());
                    assertThat(asked).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("registered.service");
                });
    }

    @Test
    void brokersOfTheConfigurationAreCreatedOnceAndKeptAsTheyWereEdited() {
        InMemoryBrokerRepository brokers = new InMemoryBrokerRepository();
        brokers.save(BrokerDefinition.builder("edited", "edited.invalid", 1).build());
        runner.withBean(BrokerRepository.class, () -> brokers)
                .withPropertyValues(
                        "mqtt-manager.brokers.plant.url=mqtts://plant.invalid",
                        "mqtt-manager.brokers.plant.username=user",
                        "mqtt-manager.brokers.plant.password=canary-4711",
                        "mqtt-manager.brokers.plant.ssl-bundle=plant",
                        "mqtt-manager.brokers.edited.url=mqtt://configured.invalid:1883")
                .run(context -> {
                    BrokerDefinition plant = brokers.find(BrokerId.of("plant")).orElseThrow();
                    assertThat(plant.endpoints().get(0).port()).isEqualTo(8883);
                    assertThat(plant.transport()).isEqualTo(Transport.TLS);
                    assertThat(plant.tls().trust()).isEqualTo(new TlsSettings.Bundle("plant"));
                    assertThat(plant.toString()).doesNotContain("canary-4711");
                    assertThat(brokers.find(BrokerId.of("edited"))
                                    .orElseThrow()
                                    .endpoints()
                                    .get(0)
                                    .host())
                            .isEqualTo("edited.invalid");
                });
    }

    @Test
    void aPasswordInAnAddressIsRefusedAndNotRepeated() {
        runner.withPropertyValues("mqtt-manager.brokers.b.url=mqtt://user:canary-4711@host:1883")
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(context.getStartupFailure())
                            .hasStackTraceContaining("mqtt-manager.brokers.b.url")
                            .satisfies(failure -> {
                                java.io.StringWriter text = new java.io.StringWriter();
                                failure.printStackTrace(new java.io.PrintWriter(text));
                                assertThat(text.toString()).doesNotContain("canary-4711");
                            });
                });
    }

    @Test
    void theStarterWorksWithoutJpaAndWithoutHealthOnTheClassPath() {
        new ApplicationContextRunner()
                .withClassLoader(new FilteredClassLoader(
                        "io.github.mqttmanager.jpa",
                        "jakarta.persistence",
                        "org.springframework.boot.health",
                        "org.springframework.boot.hibernate",
                        "org.springframework.boot.persistence"))
                .withConfiguration(AutoConfigurations.of(
                        MqttManagerEntityScanAutoConfiguration.class,
                        MqttManagerJpaAutoConfiguration.class,
                        MqttManagerAutoConfiguration.class))
                .withBean(DeviceMessageHandler.class, () -> (device, publish) -> {})
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(MqttManager.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnRepositories {
        @Bean
        BrokerRepository ownBrokers() {
            return new InMemoryBrokerRepository();
        }

        @Bean
        DeviceRepository ownDevices() {
            return new InMemoryDeviceRepository();
        }
    }
}
