package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.device.DeviceLoading;
import io.github.mqttmanager.device.DeviceRepository;
import io.github.mqttmanager.device.DuplicateDeviceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link DeviceRepository} must do. Extend it as {@link BrokerRepositoryContract}; a repository that knows devices of known
 * brokers only also overrides {@link #broker}.
 */
@Timeout(60)
public abstract class DeviceRepositoryContract {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123Z");

    /** Samples from a fixed seed. */
    protected final SampleDefinitions samples = new SampleDefinitions(20_261_124);

    /** A repository that is empty. Called once in each test, before {@link #broker}. */
    protected abstract DeviceRepository repository();

    /** The id of a broker that devices can be linked to. */
    protected BrokerId broker(String name) {
        return BrokerId.of(name);
    }

    @Test
    void whatIsNotThereIsNotFound() {
        DeviceRepository repository = repository();
        DeviceId unknown = DeviceId.of("unknown");
        BrokerId noBroker = BrokerId.of("unknown");
        assertThat(repository.find(unknown)).isEmpty();
        assertThat(repository.page(null, 10)).isEmpty();
        assertThat(repository.pageOfOwner("nobody", null, 10)).isEmpty();
        assertThat(repository.pageOfBroker(noBroker, null, 10)).isEmpty();
        assertThat(repository.countOfOwner("nobody")).isZero();
        assertThat(repository.countOfBroker(noBroker)).isZero();
        assertThat(repository.delete(unknown)).isFalse();
        assertThat(repository.deleteOfBroker(noBroker)).isZero();
        assertThat(repository.saveAll(List.of())).isEmpty();
        assertThat(repository.lastSeen(List.of(unknown))).isEmpty();
        assertThat(repository.lastSeen(List.of())).isEmpty();
        repository.saveLastSeen(Map.of());
        repository.saveLastSeen(Map.of(unknown, NOON));
        assertThat(repository.lastSeen(List.of(unknown))).isEmpty();
    }

    @Test
    void everyFieldSurvives() {
        DeviceRepository repository = repository();
        List<Device> given = new ArrayList<>(samples.devices(broker("one"), 40));
        given.addAll(samples.devices(broker("two"), 10));
        for (Device device : given) {
            Device saved = repository.save(device);
            assertThat(saved).isEqualTo(device.toBuilder().version(1).build());
            assertThat(repository.find(device.id())).contains(saved);
        }
        assertThat(repository.page(null, 1_000))
                .containsExactlyInAnyOrderElementsOf(given.stream()
                        .map(device -> device.toBuilder().version(1).build())
                        .toList());
    }

    @Test
    void everyFieldCanBeChangedToAnyOther() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        BrokerId two = broker("two");
        Device stored = repository.save(samples.device(one));
        for (int i = 0; i < 20; i++) {
            Device changed = samples.device(i % 2 == 0 ? two : one).toBuilder()
                    .id(stored.id())
                    .version(stored.version())
                    .build();
            Device saved = repository.save(changed);
            assertThat(saved)
                    .isEqualTo(changed.toBuilder().version(stored.version() + 1).build());
            assertThat(repository.find(stored.id())).contains(saved);
            stored = saved;
        }
    }

    @Test
    void pagesHoldEachDeviceOnceInAnOrderThatStays() {
        DeviceRepository repository = repository();
        repository.saveAll(samples.devices(broker("one"), 53));
        List<Device> all = repository.page(null, 1_000);
        assertThat(all).hasSize(53).doesNotHaveDuplicates();
        for (int limit : new int[] {1, 7, 53, 54}) {
            assertThat(allPages(repository::page, limit)).isEqualTo(all);
        }
        Device changed = repository.save(
                all.get(20).toBuilder().name("changed").owner("another").build());
        List<Device> expected = new ArrayList<>(all);
        expected.set(20, changed);
        assertThat(allPages(repository::page, 10)).isEqualTo(expected);
    }

    @Test
    void aPageCanBeginAfterADeviceThatWasDeleted() {
        DeviceRepository repository = repository();
        repository.saveAll(samples.devices(broker("one"), 10));
        List<Device> all = repository.page(null, 10);
        DeviceId last = repository.page(null, 5).get(4).id();
        repository.delete(last);
        repository.delete(all.get(0).id());
        repository.delete(all.get(5).id());
        assertThat(repository.page(last, 10)).isEqualTo(all.subList(6, 10));
    }

    @Test
    void aPageOfLessThanOneIsRefused() {
        DeviceRepository repository = repository();
        BrokerId broker = broker("one");
        assertThatIllegalArgumentException().isThrownBy(() -> repository.page(null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> repository.pageOfOwner("owner", null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> repository.pageOfBroker(broker, null, 0));
    }

    @Test
    void ownersAndBrokersSeeTheirOwn() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        BrokerId two = broker("two");
        for (int i = 0; i < 12; i++) {
            String owner = i % 3 == 0 ? "ann" : i % 3 == 1 ? "Ann" : null;
            repository.save(samples.device(i % 2 == 0 ? one : two).toBuilder()
                    .owner(owner)
                    .build());
        }
        List<Device> all = repository.page(null, 100);
        List<Device> ofAnn =
                all.stream().filter(device -> "ann".equals(device.owner())).toList();
        List<Device> ofOne =
                all.stream().filter(device -> device.broker().equals(one)).toList();
        assertThat(ofAnn).hasSize(4);
        assertThat(ofOne).hasSize(6);
        assertThat(allPages((after, limit) -> repository.pageOfOwner("ann", after, limit), 3))
                .isEqualTo(ofAnn);
        assertThat(allPages((after, limit) -> repository.pageOfBroker(one, after, limit), 4))
                .isEqualTo(ofOne);
        assertThat(repository.countOfOwner("ann")).isEqualTo(4);
        assertThat(repository.countOfBroker(one)).isEqualTo(6);
        assertThat(repository.countOfBroker(two)).isEqualTo(6);
    }

    @Test
    void eachSaveRaisesTheVersion() {
        DeviceRepository repository = repository();
        Device device = repository.save(samples.device(broker("one")));
        assertThat(device.version()).isEqualTo(1);
        device = repository.save(device);
        device = repository.save(device.toBuilder().name("another").build());
        assertThat(device.version()).isEqualTo(3);
        assertThat(repository.find(device.id())).contains(device);
    }

    @Test
    void aSaveOfAnOldVersionIsRefused() {
        DeviceRepository repository = repository();
        Device first = repository.save(samples.device(broker("one")));
        Device second = repository.save(first.toBuilder().name("second").build());
        assertConflict(first.id(), () -> repository.save(first));
        assertConflict(
                first.id(), () -> repository.save(second.toBuilder().version(7).build()));
        assertThat(repository.find(first.id())).contains(second);
    }

    @Test
    void aNewDeviceDoesNotReplaceAnother() {
        DeviceRepository repository = repository();
        Device stored = repository.save(samples.device(broker("one")));
        assertConflict(
                stored.id(), () -> repository.save(stored.toBuilder().version(0).build()));
        assertThat(repository.find(stored.id())).contains(stored);
    }

    @Test
    void aSaveOfWhatWasDeletedIsRefused() {
        DeviceRepository repository = repository();
        Device stored = repository.save(samples.device(broker("one")));
        assertThat(repository.delete(stored.id())).isTrue();
        assertConflict(stored.id(), () -> repository.save(stored));
        assertThat(repository.find(stored.id())).isEmpty();
        assertThat(repository.delete(stored.id())).isFalse();
        assertThat(repository.save(stored.toBuilder().version(0).build()).version())
                .isEqualTo(1);
    }

    @Test
    void twoDevicesOfABrokerCannotHaveTheSameNameInTopics() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        Device first = repository.save(samples.device(one));
        Device twin =
                samples.device(one).toBuilder().topicName(first.topicName()).build();
        assertThatExceptionOfType(DuplicateDeviceException.class).isThrownBy(() -> repository.save(twin));
        assertThat(repository.find(twin.id())).isEmpty();
        Device other = repository.save(samples.device(one));
        assertThatExceptionOfType(DuplicateDeviceException.class)
                .isThrownBy(() -> repository.save(
                        other.toBuilder().topicName(first.topicName()).build()));
        assertThat(repository.find(other.id())).contains(other);
    }

    @Test
    void aNameInTopicsIsFreeAtAnotherBrokerAndAfterItsDeviceWentAway() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        BrokerId two = broker("two");
        Device first = repository.save(samples.device(one));
        Device elsewhere =
                samples.device(two).toBuilder().topicName(first.topicName()).build();
        assertThat(repository.save(elsewhere).version()).isEqualTo(1);
        Device renamed = repository.save(first.toBuilder().topicName("renamed").build());
        Device heir =
                samples.device(one).toBuilder().topicName(first.topicName()).build();
        assertThat(repository.save(heir).version()).isEqualTo(1);
        repository.delete(renamed.id());
        Device second = samples.device(one).toBuilder().topicName("renamed").build();
        assertThat(repository.save(second).version()).isEqualTo(1);
    }

    @Test
    void namesInTopicsDifferInCase() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        repository.save(samples.device(one).toBuilder().topicName("name").build());
        repository.save(samples.device(one).toBuilder().topicName("Name").build());
        assertThat(repository.countOfBroker(one)).isEqualTo(2);
    }

    @Test
    void saveAllSavesAllInTheOrderGiven() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        Device stored = repository.save(samples.device(one));
        List<Device> given = new ArrayList<>(samples.devices(one, 5));
        given.add(2, stored.toBuilder().name("changed").build());
        List<Device> saved = repository.saveAll(given);
        assertThat(saved)
                .isEqualTo(given.stream()
                        .map(device ->
                                device.toBuilder().version(device.version() + 1).build())
                        .toList());
        for (Device device : saved) {
            assertThat(repository.find(device.id())).contains(device);
        }
    }

    @Test
    void saveAllSavesNoneWhenOneIsRefused() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        Device old = repository.save(samples.device(one));
        Device stored = repository.save(old.toBuilder().name("stored").build());
        Device other = repository.save(samples.device(one));
        Device changed = other.toBuilder().name("changed").build();
        Device added = samples.device(one);
        assertConflict(old.id(), () -> repository.saveAll(List.of(added, changed, old)));
        Device twin =
                samples.device(one).toBuilder().topicName(stored.topicName()).build();
        assertThatExceptionOfType(DuplicateDeviceException.class)
                .isThrownBy(() -> repository.saveAll(List.of(added, changed, twin)));
        Device twinOfAdded =
                samples.device(one).toBuilder().topicName(added.topicName()).build();
        assertThatExceptionOfType(DuplicateDeviceException.class)
                .isThrownBy(() -> repository.saveAll(List.of(added, twinOfAdded)));
        assertThat(catchThrowable(() -> repository.saveAll(List.of(added, added))))
                .isInstanceOf(RuntimeException.class);
        assertThat(repository.page(null, 10)).containsExactlyInAnyOrder(stored, other);
    }

    @Test
    void theDevicesOfABrokerAreDeletedTogether() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        BrokerId two = broker("two");
        repository.saveAll(samples.devices(one, 7));
        Device kept = repository.save(samples.device(two));
        assertThat(repository.deleteOfBroker(one)).isEqualTo(7);
        assertThat(repository.page(null, 10)).containsExactly(kept);
        assertThat(repository.countOfBroker(one)).isZero();
        assertThat(repository.deleteOfBroker(one)).isZero();
    }

    @Test
    void theDevicesOfABrokerAreMovedTogether() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        BrokerId two = broker("two");
        List<Device> devices = repository.saveAll(samples.devices(one, 1_203));
        Device there = repository.save(samples.device(two));
        repository.saveLastSeen(Map.of(devices.get(5).id(), NOON));

        assertThat(repository.moveToBroker(one, two)).isEqualTo(1_203);
        assertThat(repository.countOfBroker(one)).isZero();
        assertThat(allPages((after, limit) -> repository.pageOfBroker(two, after, limit), 2_000))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of(there),
                                devices.stream()
                                        .map(device -> device.toBuilder()
                                                .broker(two)
                                                .version(2)
                                                .build()))
                        .toList());
        assertSeen(repository, devices.get(5).id(), NOON);
        assertConflict(devices.get(0).id(), () -> repository.save(devices.get(0)));
        assertThat(repository.moveToBroker(one, two)).isZero();
        assertThat(repository.moveToBroker(two, two)).isZero();
    }

    @Test
    void noneIsMovedWhenOneHasANameThatIsTaken() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        BrokerId two = broker("two");
        List<Device> devices = repository.saveAll(samples.devices(one, 9));
        Device twin = repository.save(samples.device(two).toBuilder()
                .topicName(devices.get(7).topicName())
                .build());
        assertThatExceptionOfType(DuplicateDeviceException.class)
                .isThrownBy(() -> repository.moveToBroker(one, two))
                .withMessageContaining(twin.topicName());
        assertThat(repository.pageOfBroker(one, null, 20)).containsExactlyInAnyOrderElementsOf(devices);
        assertThat(repository.pageOfBroker(two, null, 20)).containsExactly(twin);
    }

    @Test
    void severalAreFoundTogether() {
        DeviceRepository repository = repository();
        List<Device> devices = repository.saveAll(samples.devices(broker("one"), 1_100));
        List<DeviceId> ids = new ArrayList<>(
                devices.subList(0, 1_050).stream().map(Device::id).toList());
        ids.add(3, DeviceId.of("unknown"));
        assertThat(repository.findAll(ids)).containsExactlyInAnyOrderElementsOf(devices.subList(0, 1_050));
        assertThat(repository.findAll(List.of())).isEmpty();
    }

    /** Of a repository that is {@link DeviceLoading}. */
    @Test
    void thoseOfAllBrokersCanBeLoadedBrokerByBroker() {
        DeviceRepository repository = repository();
        if (!(repository instanceof DeviceLoading loading)) {
            return;
        }
        List<Device> devices = new ArrayList<>();
        for (String name : List.of("one", "two", "three", "four")) {
            BrokerId broker = broker(name);
            devices.addAll(repository.saveAll(samples.devices(broker, name.length() * name.length())));
        }
        repository.saveLastSeen(Map.of(devices.get(2).id(), NOON));
        for (int limit : List.of(1, 2, 9, 16, 1_000)) {
            Map<DeviceId, DeviceLoading.Loaded> found = new LinkedHashMap<>();
            List<BrokerId> brokers = new ArrayList<>();
            Device last = null;
            List<DeviceLoading.Loaded> page;
            do {
                page = loading.pageByBroker(last, limit);
                assertThat(page).hasSizeLessThanOrEqualTo(limit);
                for (DeviceLoading.Loaded each : page) {
                    last = each.device();
                    assertThat(found.put(last.id(), each)).isNull();
                    if (brokers.isEmpty() || !brokers.get(brokers.size() - 1).equals(last.broker())) {
                        brokers.add(last.broker());
                    }
                }
            } while (page.size() == limit);
            assertThat(brokers).as("each broker once").hasSize(4).doesNotHaveDuplicates();
            assertThat(found.values())
                    .extracting(DeviceLoading.Loaded::device)
                    .containsExactlyInAnyOrderElementsOf(devices);
            assertThat(found.values())
                    .filteredOn(each -> each.lastSeen() != null)
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.device()).isEqualTo(devices.get(2));
                        assertThat(each.lastSeen()).isEqualTo(NOON);
                    });
        }
        assertThat(catchThrowable(() -> loading.pageByBroker(null, 0))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lastSeenMovesForwardsOnly() {
        DeviceRepository repository = repository();
        DeviceId id = repository.save(samples.device(broker("one"))).id();
        assertThat(repository.lastSeen(List.of(id))).isEmpty();
        repository.saveLastSeen(Map.of(id, NOON));
        assertSeen(repository, id, NOON);
        repository.saveLastSeen(Map.of(id, NOON.minusMillis(1)));
        assertSeen(repository, id, NOON);
        repository.saveLastSeen(Map.of(id, NOON));
        assertSeen(repository, id, NOON);
        repository.saveLastSeen(Map.of(id, NOON.plusMillis(1)));
        assertSeen(repository, id, NOON.plusMillis(1));
        repository.saveLastSeen(Map.of(id, NOON.minus(Duration.ofDays(1_000))));
        assertSeen(repository, id, NOON.plusMillis(1));
    }

    @Test
    void lastSeenIsSavedInBatchesAndUnknownDevicesArePassedOver() {
        DeviceRepository repository = repository();
        List<Device> devices = repository.saveAll(samples.devices(broker("one"), 1_200));
        Map<DeviceId, Instant> times = new HashMap<>();
        for (int i = 0; i < devices.size(); i++) {
            times.put(devices.get(i).id(), NOON.plusMillis(i));
        }
        Map<DeviceId, Instant> withUnknown = new HashMap<>(times);
        withUnknown.put(DeviceId.of("0-unknown"), NOON);
        withUnknown.put(DeviceId.of("unknown"), NOON);
        repository.saveLastSeen(withUnknown);
        assertThat(truncated(repository.lastSeen(withUnknown.keySet()))).isEqualTo(times);
        assertThat(repository.lastSeen(List.of(devices.get(3).id()))).hasSize(1);
    }

    @Test
    void lastSeenRaisesNoVersionAndSurvivesAnEdit() {
        DeviceRepository repository = repository();
        Device stored = repository.save(samples.device(broker("one")));
        repository.saveLastSeen(Map.of(stored.id(), NOON));
        assertThat(repository.find(stored.id())).contains(stored);
        Device edited = repository.save(stored.toBuilder().name("edited").build());
        assertThat(edited.version()).isEqualTo(2);
        assertSeen(repository, stored.id(), NOON);
    }

    @Test
    void aDeviceThatWasDeletedAndCreatedAgainWasNeverSeen() {
        DeviceRepository repository = repository();
        Device stored = repository.save(samples.device(broker("one")));
        repository.saveLastSeen(Map.of(stored.id(), NOON));
        repository.delete(stored.id());
        assertThat(repository.lastSeen(List.of(stored.id()))).isEmpty();
        repository.save(stored.toBuilder().version(0).build());
        assertThat(repository.lastSeen(List.of(stored.id()))).isEmpty();
    }

    @Test
    void thoseWhoSaveLastSeenTogetherLeaveTheLatest() throws Exception {
        DeviceRepository repository = repository();
        List<Device> devices = repository.saveAll(samples.devices(broker("one"), 50));
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int writer = i;
            writers.add(() -> {
                for (int round = 0; round < 5; round++) {
                    Map<DeviceId, Instant> times = new HashMap<>();
                    for (Device device : devices) {
                        times.put(device.id(), NOON.plusMillis(writer * 1_000 + round));
                    }
                    repository.saveLastSeen(times);
                }
                return true;
            });
        }
        for (Race.Outcome<Boolean> outcome : Race.run(writers)) {
            assertThat(outcome.value()).isTrue();
        }
        for (Device device : devices) {
            assertSeen(repository, device.id(), NOON.plusMillis(3_004));
        }
    }

    @Test
    void ofTwoWhoSaveTheSameVersionOneWins() throws Exception {
        DeviceRepository repository = repository();
        Device stored = repository.save(samples.device(broker("one")));
        for (int round = 0; round < 10; round++) {
            Device left = stored.toBuilder().name("left " + round).build();
            Device right = stored.toBuilder().name("right " + round).build();
            stored = oneWins(repository, left, right, VersionConflictException.class);
            assertThat(repository.find(left.id())).contains(stored);
        }
        assertThat(stored.version()).isEqualTo(11);
    }

    @Test
    void ofTwoWhoCreateTheSameIdOneWins() throws Exception {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        for (int round = 0; round < 10; round++) {
            Device base = samples.device(one);
            oneWins(
                    repository,
                    base.toBuilder().topicName("left-" + round).build(),
                    base.toBuilder().topicName("right-" + round).build(),
                    VersionConflictException.class);
        }
        assertThat(repository.countOfBroker(one)).isEqualTo(10);
    }

    @Test
    void ofTwoWhoTakeTheSameNameInTopicsOneWins() throws Exception {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        for (int round = 0; round < 10; round++) {
            oneWins(
                    repository,
                    samples.device(one).toBuilder().topicName("same-" + round).build(),
                    samples.device(one).toBuilder().topicName("same-" + round).build(),
                    DuplicateDeviceException.class);
        }
        assertThat(repository.countOfBroker(one)).isEqualTo(10);
    }

    @Test
    void thoseWhoSaveTheSameInDifferentOrderDoNotBlockEachOther() throws Exception {
        DeviceRepository repository = repository();
        List<Device> stored = repository.saveAll(samples.devices(broker("one"), 10));
        List<Device> reversed = new ArrayList<>(stored);
        Collections.reverse(reversed);
        List<Race.Outcome<List<Device>>> outcomes =
                Race.run(List.of(() -> repository.saveAll(stored), () -> repository.saveAll(reversed)));
        assertThat(outcomes).filteredOn(Race.Outcome::succeeded).hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.succeeded())
                .allSatisfy(outcome -> assertThat(outcome.failure()).isInstanceOf(VersionConflictException.class));
        assertThat(repository.page(null, 100))
                .allSatisfy(device -> assertThat(device.version()).isEqualTo(2));
    }

    @Test
    void thoseWhoCreateTheSameInDifferentOrderDoNotBlockEachOther() throws Exception {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        for (int round = 1; round <= 5; round++) {
            List<Device> added = samples.devices(one, 30);
            List<Device> reversed = new ArrayList<>(added);
            Collections.reverse(reversed);
            List<Race.Outcome<List<Device>>> outcomes =
                    Race.run(List.of(() -> repository.saveAll(added), () -> repository.saveAll(reversed)));
            assertThat(outcomes).filteredOn(Race.Outcome::succeeded).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(outcome -> !outcome.succeeded())
                    .allSatisfy(outcome -> assertThat(outcome.failure()).isInstanceOf(VersionConflictException.class));
            assertThat(repository.page(null, 1_000)).hasSize(30 * round);
        }
    }

    /** Ids that a database may take for the same, or order by rules of a language. */
    @Test
    void idsThatResembleEachOtherAreEachOnOnePage() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        List<Device> given = new ArrayList<>();
        for (String id : Resembling.IDS) {
            given.add(repository.save(samples.device(one).toBuilder()
                    .id(DeviceId.of(id))
                    .topicName("d" + given.size())
                    .owner("ann")
                    .build()));
        }
        List<Device> all = repository.page(null, 1_000);
        assertThat(all).containsExactlyInAnyOrderElementsOf(given);
        for (int limit : new int[] {1, 2, 3}) {
            assertThat(allPages(repository::page, limit)).isEqualTo(all);
            assertThat(allPages((after, most) -> repository.pageOfBroker(one, after, most), limit))
                    .isEqualTo(all);
            assertThat(allPages((after, most) -> repository.pageOfOwner("ann", after, most), limit))
                    .isEqualTo(all);
        }
        repository.saveLastSeen(Map.of(DeviceId.of("A"), NOON));
        assertThat(repository.lastSeen(all.stream().map(Device::id).toList())).containsOnlyKeys(DeviceId.of("A"));
        for (Device device : given) {
            assertThat(repository.delete(device.id())).isTrue();
        }
        assertThat(repository.page(null, 10)).isEmpty();
    }

    /** They are in topics, where nothing is the same but the same. */
    @Test
    void namesInTopicsThatResembleEachOtherAreDifferent() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        List<String> names = Resembling.IDS.stream()
                .filter(id -> id.matches("[A-Za-z0-9._~:-]+"))
                .toList();
        List<Device> given = names.stream()
                .map(name -> samples.device(one).toBuilder().topicName(name).build())
                .toList();
        assertThat(repository.saveAll(given)).hasSize(given.size());
        assertThat(repository.page(null, 1_000))
                .extracting(Device::topicName)
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void whatIsThereAllTheTimeIsOnOnePageWhateverComesAndGoes() throws Exception {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        List<DeviceId> staying = repository.saveAll(samples.devices(one, 40)).stream()
                .map(Device::id)
                .toList();
        List<Race.Passing> others = Stream.generate(() -> samples.devices(one, 10))
                .limit(2)
                .map(passing -> new Race.Passing(
                        () -> repository.saveAll(passing),
                        () -> passing.forEach(device -> repository.delete(device.id()))))
                .toList();
        Race.look(
                () -> {
                    for (int round = 0; round < 20; round++) {
                        List<DeviceId> met =
                                allPages((after, most) -> repository.pageOfBroker(one, after, most), 7).stream()
                                        .map(Device::id)
                                        .toList();
                        assertThat(met).doesNotHaveDuplicates().containsAll(staying);
                    }
                },
                others);
    }

    @Test
    void nullsAreRefused() {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        Device stored = repository.save(samples.device(one));
        Device added = samples.device(one);
        assertThatNullPointerException().isThrownBy(() -> repository.find(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.pageOfOwner(Nulls.absent(), null, 1));
        assertThatNullPointerException().isThrownBy(() -> repository.pageOfBroker(Nulls.absent(), null, 1));
        assertThatNullPointerException().isThrownBy(() -> repository.countOfOwner(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.countOfBroker(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.save(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.saveAll(Nulls.absent()));
        assertThatNullPointerException()
                .isThrownBy(() -> repository.saveAll(Arrays.asList(added, Nulls.<Device>absent())));
        assertThatNullPointerException().isThrownBy(() -> repository.delete(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.deleteOfBroker(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.saveLastSeen(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.lastSeen(Nulls.absent()));
        assertThat(repository.page(null, 10)).containsExactly(stored);
    }

    /** One deletes what the other edits: either the edit came first and is gone with the rest, or it is refused. */
    @Test
    void whatIsDeletedWhileItIsEditedDoesNotComeBack() throws Exception {
        DeviceRepository repository = repository();
        BrokerId one = broker("one");
        for (int round = 0; round < 10; round++) {
            Device stored = repository.save(samples.device(one));
            List<Race.Outcome<Boolean>> outcomes = Race.run(List.of(
                    () -> repository
                                    .save(stored.toBuilder().name("edited").build())
                                    .version()
                            == 2,
                    () -> repository.delete(stored.id())));
            assertThat(outcomes.get(1).value()).isTrue();
            assertThat(outcomes.get(0)).satisfies(outcome -> {
                if (!outcome.succeeded()) {
                    assertThat(outcome.failure()).isInstanceOf(VersionConflictException.class);
                }
            });
            assertThat(repository.find(stored.id())).isEmpty();
        }
    }

    private static Device oneWins(
            DeviceRepository repository, Device left, Device right, Class<? extends Throwable> refusal)
            throws Exception {
        List<Race.Outcome<Device>> outcomes =
                Race.run(List.of(() -> repository.save(left), () -> repository.save(right)));
        assertThat(outcomes).filteredOn(Race.Outcome::succeeded).hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.succeeded())
                .allSatisfy(outcome -> assertThat(outcome.failure()).isInstanceOf(refusal));
        return outcomes.stream()
                .filter(Race.Outcome::succeeded)
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static void assertConflict(DeviceId id, Runnable work) {
        assertThatExceptionOfType(VersionConflictException.class)
                .isThrownBy(work::run)
                .satisfies(e -> assertThat(e.id()).isEqualTo(id.value()));
    }

    private static void assertSeen(DeviceRepository repository, DeviceId id, Instant time) {
        assertThat(truncated(repository.lastSeen(List.of(id)))).isEqualTo(Map.of(id, time));
    }

    private static Map<DeviceId, Instant> truncated(Map<DeviceId, Instant> times) {
        Map<DeviceId, Instant> truncated = new HashMap<>();
        times.forEach((id, time) -> truncated.put(id, Instant.ofEpochMilli(time.toEpochMilli())));
        return truncated;
    }

    private static List<Device> allPages(BiFunction<@Nullable DeviceId, Integer, List<Device>> pages, int limit) {
        List<Device> all = new ArrayList<>();
        List<Device> page = pages.apply(null, limit);
        while (true) {
            all.addAll(page);
            assertThat(all).as("pages come to an end").hasSizeLessThan(2_000);
            if (page.size() < limit) {
                return all;
            }
            page = pages.apply(page.get(page.size() - 1).id(), limit);
        }
    }
}
