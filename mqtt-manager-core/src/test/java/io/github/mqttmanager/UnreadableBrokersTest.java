package io.github.mqttmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.InMemoryBrokerRepository;
import io.github.mqttmanager.broker.UnreadableDefinition;
import io.github.mqttmanager.broker.UnreadableDefinitionException;
import io.github.mqttmanager.broker.UnreadableDefinitions;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.connection.ConnectionState;
import io.github.mqttmanager.connection.FailureKind;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishFailure;
import io.github.mqttmanager.topic.TopicName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Definitions that are stored and cannot be read, such as for want of a key. */
@Timeout(60)
class UnreadableBrokersTest {
    private static final BrokerId LOCKED = BrokerId.of("b-locked");

    private final Keyless repository = new Keyless();
    private final BlockingQueue<BrokerStatus> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<BrokerId> removed = new LinkedBlockingQueue<>();
    private final MqttManager manager = MqttManager.builder()
            .brokers(repository)
            .handler((device, publish) -> {})
            .listener(new ConnectionListener() {
                @Override
                public void statusChanged(BrokerStatus current) {
                    told.add(current);
                }

                @Override
                public void brokerRemoved(BrokerId broker) {
                    removed.add(broker);
                }
            })
            .build();

    @AfterEach
    void close() {
        manager.close();
    }

    private static BrokerDefinition definition(String id) {
        return BrokerDefinition.builder(id, "127.0.0.1", 1)
                .name("name of " + id)
                .owner("ann")
                .build();
    }

    private BrokerStatus awaitStatus(Predicate<BrokerStatus> wanted) throws InterruptedException {
        while (true) {
            BrokerStatus status = told.poll(30, TimeUnit.SECONDS);
            assertThat(status).as("a status that was waited for").isNotNull();
            if (wanted.test(status)) {
                return status;
            }
        }
    }

    private static Predicate<BrokerStatus> locked(ConnectionState state) {
        return status -> status.broker().equals(LOCKED) && status.state() == state;
    }

    /** With others before and after it. */
    private void startWithOneLocked() throws InterruptedException {
        repository.saveAll(List.of(definition("a"), definition(LOCKED.value()), definition("c")));
        repository.locked.add(LOCKED);
        manager.start();
        awaitStatus(locked(ConnectionState.FAILED));
    }

    @Test
    void oneOfThemIsShownWithTheReasonAndTheOthersRun() throws Exception {
        startWithOneLocked();
        BrokerStatus status = manager.status(LOCKED).orElseThrow();
        assertThat(status.name()).isEqualTo("name of b-locked");
        assertThat(status.owner()).isEqualTo("ann");
        assertThat(status.wanted()).isTrue();
        assertThat(status.failure()).isNotNull().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.DEFINITION_UNREADABLE);
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.message()).isEqualTo("credentials.password of broker b-locked cannot be decrypted");
            assertThat(failure.remedy()).isEqualTo("give the key back");
        });
        assertThat(manager.statuses()).extracting(each -> each.broker().value()).containsExactly("a", "b-locked", "c");
        awaitStatus(other -> other.broker().value().equals("c") && other.failure() != null);
        assertThat(manager.status(BrokerId.of("c")).orElseThrow().failure())
                .isNotNull()
                .extracting(failure -> failure.kind())
                .isEqualTo(FailureKind.TCP_REFUSED);
        assertThat(manager.publishTo(LOCKED, OutboundPublish.of(TopicName.of("t"), "x"))
                        .handle((receipt, failure) -> ((PublishException) failure).failure())
                        .get(10, TimeUnit.SECONDS))
                .isEqualTo(PublishFailure.NOT_CONNECTED);
    }

    @Test
    void itConnectsByItselfWhenItCanBeReadAgain() throws Exception {
        startWithOneLocked();
        repository.locked.clear();
        assertThat(awaitStatus(locked(ConnectionState.RECONNECTING)).failure())
                .isNotNull()
                .extracting(failure -> failure.kind())
                .isEqualTo(FailureKind.TCP_REFUSED);
        assertThat(manager.statuses()).hasSize(3);
    }

    @Test
    void whereOneCanBeReadAgainAllAreLookedAtAtOnce() throws Exception {
        for (int i = 100; i < 900; i++) {
            BrokerId id = repository.save(definition("many-" + i)).id();
            repository.locked.add(id);
        }
        manager.start();
        awaitStatus(status -> status.broker().value().equals("many-899"));
        told.clear();
        long began = System.nanoTime();
        repository.locked.clear();
        Set<BrokerId> begun = ConcurrentHashMap.newKeySet();
        while (begun.size() < 800) {
            begun.add(awaitStatus(status -> status.failure() == null).broker());
        }
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began))
                .as("sixteen portions, one after the other, and not one in five seconds")
                .isLessThan(45);
    }

    @Test
    void itIsSaidOnceHoweverOftenItIsLookedAt() throws Exception {
        startWithOneLocked();
        repository.looks.clear();
        for (int i = 0; i < 10; i++) {
            manager.refresh(LOCKED);
            assertThat(repository.looks.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        manager.refresh(BrokerId.of("a"));
        assertThat(repository.looks.poll(30, TimeUnit.SECONDS))
                .isNotNull(); // what the last look brought is told by now
        assertThat(told.stream().filter(status -> status.broker().equals(LOCKED)))
                .isEmpty();
    }

    @Test
    void itCanBeSwitchedGivenDevicesAndDeleted() throws Exception {
        startWithOneLocked();
        assertThat(manager.disconnect(LOCKED)).isTrue();
        assertThat(awaitStatus(locked(ConnectionState.DISCONNECTED)).wanted()).isFalse();
        assertThat(manager.connect(LOCKED)).isTrue();
        assertThat(awaitStatus(locked(ConnectionState.FAILED)).wanted()).isTrue();
        manager.save(Device.builder("d", LOCKED.value()).build());
        assertThatThrownBy(() -> manager.delete(LOCKED, WhenDevicesExist.REFUSE))
                .isInstanceOf(BrokerInUseException.class);
        assertThat(manager.delete(LOCKED, WhenDevicesExist.DELETE)).isTrue();
        assertThat(removed.poll(30, TimeUnit.SECONDS)).isEqualTo(LOCKED);
        assertThat(manager.status(LOCKED)).isEmpty();
        assertThatThrownBy(() -> manager.connect(LOCKED)).isInstanceOf(UnknownBrokerException.class);
    }

    @Test
    void aConnectionThatRunsGoesOnWhenItsDefinitionCannotBeReadAnyMore() throws Exception {
        repository.save(definition(LOCKED.value()));
        manager.start();
        awaitStatus(locked(ConnectionState.RECONNECTING));
        repository.locked.add(LOCKED);
        manager.refresh(LOCKED);
        assertThat(awaitStatus(status -> status.attempt() > 1).failure())
                .isNotNull()
                .extracting(failure -> failure.kind())
                .isEqualTo(FailureKind.TCP_REFUSED);
    }

    /** Has all definitions, and no key for some of them. */
    private static final class Keyless implements BrokerRepository, UnreadableDefinitions {
        private final BrokerRepository all = new InMemoryBrokerRepository();
        private final Set<BrokerId> locked = ConcurrentHashMap.newKeySet();
        private final BlockingQueue<BrokerId> looks = new LinkedBlockingQueue<>();

        private UnreadableDefinition explained(BrokerDefinition definition) {
            return new UnreadableDefinition(
                    definition.id(),
                    definition.name(),
                    definition.owner(),
                    definition.active(),
                    List.of("credentials.password"),
                    "credentials.password of broker " + definition.id() + " cannot be decrypted",
                    "give the key back");
        }

        @Override
        public synchronized Optional<BrokerDefinition> find(BrokerId id) {
            looks.add(id);
            Optional<BrokerDefinition> found = all.find(id);
            if (found.isPresent() && locked.contains(id)) {
                throw new UnreadableDefinitionException(explained(found.get()), null);
            }
            return found;
        }

        @Override
        public List<UnreadableDefinition> unreadable() {
            return all.page(null, 1_000).stream()
                    .filter(definition -> locked.contains(definition.id()))
                    .map(this::explained)
                    .toList();
        }

        @Override
        public Optional<BrokerDefinition> findReadablePart(BrokerId id) {
            return all.find(id);
        }

        @Override
        public List<BrokerDefinition> page(@Nullable BrokerId after, int limit) {
            return all.page(after, 1_000).stream()
                    .filter(definition -> !locked.contains(definition.id()))
                    .limit(limit)
                    .toList();
        }

        @Override
        public List<BrokerDefinition> pageOfOwner(String owner, @Nullable BrokerId after, int limit) {
            return page(after, limit);
        }

        @Override
        public long countOfOwner(String owner) {
            return all.countOfOwner(owner);
        }

        @Override
        public BrokerDefinition save(BrokerDefinition definition) {
            return all.save(definition);
        }

        @Override
        public List<BrokerDefinition> saveAll(List<BrokerDefinition> definitions) {
            return all.saveAll(definitions);
        }

        @Override
        public boolean setActive(BrokerId id, boolean active) {
            return all.setActive(id, active);
        }

        @Override
        public boolean delete(BrokerId id) {
            return all.delete(id);
        }
    }
}
