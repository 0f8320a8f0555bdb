package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.BrokerRepository;
import io.github.mqttmanager.broker.VersionConflictException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link BrokerRepository} must do. Extend it and say where the repository comes from:
 *
 * <pre>{@code
 * class MyBrokerRepositoryTest extends BrokerRepositoryContract {
 *     @Override
 *     protected BrokerRepository repository() {
 *         return new MyBrokerRepository(emptyDatabase());
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
public abstract class BrokerRepositoryContract {
    /** Samples from a fixed seed. */
    protected final SampleDefinitions samples = new SampleDefinitions(20_261_123);

    /** A repository that is empty. Called once in each test. */
    protected abstract BrokerRepository repository();

    /**
     * The definition as the repository keeps it. All of it, unless this is overridden: a repository over tables of the host's own may keep less,
     * and give what is not kept a value of its own. Id, name, owner, active and version are always kept.
     */
    protected BrokerDefinition kept(BrokerDefinition given) {
        return given;
    }

    private BrokerDefinition broker() {
        return kept(samples.broker());
    }

    private BrokerDefinition plainBroker() {
        return kept(samples.plainBroker());
    }

    private BrokerDefinition fullBroker() {
        return kept(samples.fullBroker());
    }

    private List<BrokerDefinition> brokers(int count) {
        return samples.brokers(count).stream().map(this::kept).toList();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        BrokerRepository repository = repository();
        BrokerId unknown = BrokerId.of("unknown");
        assertThat(repository.find(unknown)).isEmpty();
        assertThat(repository.page(null, 10)).isEmpty();
        assertThat(repository.pageOfOwner("nobody", null, 10)).isEmpty();
        assertThat(repository.countOfOwner("nobody")).isZero();
        assertThat(repository.setActive(unknown, true)).isFalse();
        assertThat(repository.delete(unknown)).isFalse();
        assertThat(repository.saveAll(List.of())).isEmpty();
    }

    @Test
    void everyFieldSurvives() {
        BrokerRepository repository = repository();
        List<BrokerDefinition> given = new ArrayList<>(brokers(40));
        given.add(fullBroker());
        given.add(plainBroker());
        for (BrokerDefinition definition : given) {
            BrokerDefinition saved = repository.save(definition);
            assertThat(saved).isEqualTo(definition.toBuilder().version(1).build());
            assertThat(repository.find(definition.id())).contains(saved);
        }
        assertThat(repository.page(null, 1_000))
                .containsExactlyInAnyOrderElementsOf(given.stream()
                        .map(definition -> definition.toBuilder().version(1).build())
                        .toList());
    }

    @Test
    void everyFieldCanBeChangedToAnyOther() {
        BrokerRepository repository = repository();
        BrokerDefinition stored = repository.save(fullBroker());
        List<BrokerDefinition> others = new ArrayList<>(brokers(20));
        others.add(plainBroker());
        others.add(fullBroker());
        for (BrokerDefinition other : others) {
            BrokerDefinition changed = kept(
                    other.toBuilder().id(stored.id()).version(stored.version()).build());
            BrokerDefinition saved = repository.save(changed);
            assertThat(saved)
                    .isEqualTo(changed.toBuilder().version(stored.version() + 1).build());
            assertThat(repository.find(stored.id())).contains(saved);
            stored = saved;
        }
    }

    @Test
    void idsThatDifferInCaseOnlyAreDifferent() {
        BrokerRepository repository = repository();
        repository.save(kept(BrokerDefinition.builder("a", "lower", 1).build()));
        repository.save(kept(BrokerDefinition.builder("A", "upper", 1).build()));
        assertThat(repository.find(BrokerId.of("a")).orElseThrow().name()).isEqualTo("a");
        assertThat(repository.find(BrokerId.of("A")).orElseThrow().name()).isEqualTo("A");
    }

    @Test
    void pagesHoldEachDefinitionOnceInAnOrderThatStays() {
        BrokerRepository repository = repository();
        repository.saveAll(brokers(53));
        List<BrokerDefinition> all = repository.page(null, 1_000);
        assertThat(all).hasSize(53).doesNotHaveDuplicates();
        for (int limit : new int[] {1, 7, 53, 54}) {
            assertThat(allPages(repository, limit)).isEqualTo(all);
        }
        BrokerDefinition changed = repository.save(
                all.get(20).toBuilder().name("changed").owner("another").build());
        List<BrokerDefinition> expected = new ArrayList<>(all);
        expected.set(20, changed);
        assertThat(allPages(repository, 10)).isEqualTo(expected);
    }

    @Test
    void onlyTheLastPageIsShort() {
        BrokerRepository repository = repository();
        repository.saveAll(brokers(10));
        List<BrokerDefinition> first = repository.page(null, 4);
        assertThat(first).hasSize(4);
        List<BrokerDefinition> second = repository.page(first.get(3).id(), 4);
        assertThat(second).hasSize(4);
        assertThat(repository.page(second.get(3).id(), 4)).hasSize(2);
    }

    @Test
    void aPageCanBeginAfterADefinitionThatWasDeleted() {
        BrokerRepository repository = repository();
        repository.saveAll(brokers(10));
        List<BrokerDefinition> all = repository.page(null, 10);
        BrokerId last = repository.page(null, 5).get(4).id();
        repository.delete(last);
        repository.delete(all.get(0).id());
        repository.delete(all.get(5).id());
        assertThat(repository.page(last, 10)).isEqualTo(all.subList(6, 10));
    }

    @Test
    void aPageOfLessThanOneIsRefused() {
        BrokerRepository repository = repository();
        assertThatIllegalArgumentException().isThrownBy(() -> repository.page(null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> repository.pageOfOwner("owner", null, 0));
    }

    @Test
    void ownersSeeTheirOwn() {
        BrokerRepository repository = repository();
        for (int i = 0; i < 12; i++) {
            String owner = i % 3 == 0 ? "ann" : i % 3 == 1 ? "Ann" : null;
            repository.save(broker().toBuilder().owner(owner).build());
        }
        List<BrokerDefinition> ofAnn = repository.page(null, 100).stream()
                .filter(definition -> "ann".equals(definition.owner()))
                .toList();
        assertThat(ofAnn).hasSize(4);
        assertThat(repository.pageOfOwner("ann", null, 100)).isEqualTo(ofAnn);
        assertThat(repository.pageOfOwner("ann", null, 3)).isEqualTo(ofAnn.subList(0, 3));
        assertThat(repository.pageOfOwner("ann", ofAnn.get(2).id(), 3)).isEqualTo(ofAnn.subList(3, 4));
        assertThat(repository.countOfOwner("ann")).isEqualTo(4);
        assertThat(repository.countOfOwner("Ann")).isEqualTo(4);
        assertThat(repository.countOfOwner("an_")).isZero();
        assertThat(repository.countOfOwner("an%")).isZero();
    }

    @Test
    void aDefinitionChangesItsOwner() {
        BrokerRepository repository = repository();
        BrokerDefinition stored =
                repository.save(fullBroker().toBuilder().owner("ann").build());
        repository.save(stored.toBuilder().owner("bob").build());
        assertThat(repository.countOfOwner("ann")).isZero();
        assertThat(repository.pageOfOwner("bob", null, 10)).hasSize(1);
    }

    @Test
    void eachSaveRaisesTheVersion() {
        BrokerRepository repository = repository();
        BrokerDefinition definition = repository.save(broker());
        assertThat(definition.version()).isEqualTo(1);
        definition = repository.save(definition);
        assertThat(definition.version()).isEqualTo(2);
        definition = repository.save(definition.toBuilder().name("another").build());
        assertThat(definition.version()).isEqualTo(3);
        assertThat(repository.find(definition.id())).contains(definition);
    }

    @Test
    void aSaveOfAnOldVersionIsRefused() {
        BrokerRepository repository = repository();
        BrokerDefinition first = repository.save(broker());
        BrokerDefinition second =
                repository.save(first.toBuilder().name("second").build());
        assertConflict(first.id(), () -> repository.save(first));
        assertConflict(
                first.id(), () -> repository.save(second.toBuilder().version(7).build()));
        assertThat(repository.find(first.id())).contains(second);
    }

    @Test
    void aNewDefinitionDoesNotReplaceAnother() {
        BrokerRepository repository = repository();
        BrokerDefinition stored = repository.save(broker());
        assertConflict(
                stored.id(), () -> repository.save(stored.toBuilder().version(0).build()));
        assertThat(repository.find(stored.id())).contains(stored);
    }

    @Test
    void aSaveOfWhatWasDeletedIsRefused() {
        BrokerRepository repository = repository();
        BrokerDefinition stored = repository.save(broker());
        assertThat(repository.delete(stored.id())).isTrue();
        assertConflict(stored.id(), () -> repository.save(stored));
        assertThat(repository.find(stored.id())).isEmpty();
        assertThat(repository.delete(stored.id())).isFalse();
        BrokerDefinition again = repository.save(stored.toBuilder().version(0).build());
        assertThat(again.version()).isEqualTo(1);
    }

    @Test
    void saveAllSavesAllInTheOrderGiven() {
        BrokerRepository repository = repository();
        BrokerDefinition stored = repository.save(broker());
        List<BrokerDefinition> given = new ArrayList<>(brokers(5));
        given.add(2, stored.toBuilder().name("changed").build());
        List<BrokerDefinition> saved = repository.saveAll(given);
        assertThat(saved)
                .isEqualTo(given.stream()
                        .map(definition -> definition.toBuilder()
                                .version(definition.version() + 1)
                                .build())
                        .toList());
        for (BrokerDefinition definition : saved) {
            assertThat(repository.find(definition.id())).contains(definition);
        }
    }

    @Test
    void saveAllSavesNoneWhenOneIsRefused() {
        BrokerRepository repository = repository();
        BrokerDefinition old = repository.save(broker());
        BrokerDefinition stored = repository.save(old.toBuilder().name("stored").build());
        BrokerDefinition added = broker();
        BrokerDefinition other = repository.save(broker());
        assertConflict(
                old.id(),
                () -> repository.saveAll(
                        List.of(added, other.toBuilder().name("changed").build(), old)));
        assertThat(repository.find(added.id())).isEmpty();
        assertThat(repository.find(other.id())).contains(other);
        assertThat(repository.find(old.id())).contains(stored);
    }

    @Test
    void saveAllRefusesTheSameIdTwice() {
        BrokerRepository repository = repository();
        BrokerDefinition added = broker();
        assertThat(catchThrowable(() -> repository.saveAll(List.of(added, added))))
                .isInstanceOf(RuntimeException.class);
        assertThat(repository.find(added.id())).isEmpty();
    }

    @Test
    void setActiveChangesNothingElse() {
        BrokerRepository repository = repository();
        BrokerDefinition stored =
                repository.save(fullBroker().toBuilder().active(false).build());
        for (boolean active : new boolean[] {true, true, false, false, true}) {
            assertThat(repository.setActive(stored.id(), active)).isTrue();
            assertThat(repository.find(stored.id()))
                    .contains(stored.toBuilder().active(active).build());
        }
        BrokerDefinition edited =
                repository.save(stored.toBuilder().name("edited").build());
        assertThat(edited.version()).isEqualTo(2);
    }

    @Test
    void theLastSetActiveWins() throws Exception {
        BrokerRepository repository = repository();
        BrokerDefinition stored = repository.save(broker());
        List<Callable<Boolean>> commands = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            boolean active = i % 2 == 0;
            commands.add(() -> {
                boolean found = true;
                for (int n = 0; n < 10; n++) {
                    found &= repository.setActive(stored.id(), active);
                }
                return found;
            });
        }
        for (Race.Outcome<Boolean> outcome : Race.run(commands)) {
            assertThat(outcome.value()).isTrue();
        }
        repository.setActive(stored.id(), false);
        assertThat(repository.find(stored.id()))
                .contains(stored.toBuilder().active(false).build());
    }

    @Test
    void ofTwoWhoSaveTheSameVersionOneWins() throws Exception {
        BrokerRepository repository = repository();
        BrokerDefinition stored = repository.save(broker());
        for (int round = 0; round < 10; round++) {
            BrokerDefinition base = stored;
            stored = oneWins(
                    repository,
                    base.toBuilder().name("left " + round).build(),
                    base.toBuilder().name("right " + round).build());
            assertThat(stored.version()).isEqualTo(base.version() + 1);
        }
    }

    @Test
    void ofTwoWhoCreateTheSameIdOneWins() throws Exception {
        BrokerRepository repository = repository();
        for (int round = 0; round < 10; round++) {
            BrokerDefinition base = broker();
            oneWins(
                    repository,
                    base.toBuilder().name("left").build(),
                    base.toBuilder().name("right").build());
        }
    }

    @Test
    void thoseWhoSaveTheSameInDifferentOrderDoNotBlockEachOther() throws Exception {
        BrokerRepository repository = repository();
        List<BrokerDefinition> stored = repository.saveAll(brokers(10));
        List<BrokerDefinition> reversed = new ArrayList<>(stored);
        Collections.reverse(reversed);
        List<Race.Outcome<List<BrokerDefinition>>> outcomes =
                Race.run(List.of(() -> repository.saveAll(stored), () -> repository.saveAll(reversed)));
        assertThat(outcomes).filteredOn(Race.Outcome::succeeded).hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.succeeded())
                .allSatisfy(outcome -> assertThat(outcome.failure()).isInstanceOf(VersionConflictException.class));
        assertThat(repository.page(null, 100))
                .allSatisfy(definition -> assertThat(definition.version()).isEqualTo(2));
    }

    @Test
    void thoseWhoCreateTheSameInDifferentOrderDoNotBlockEachOther() throws Exception {
        BrokerRepository repository = repository();
        for (int round = 1; round <= 5; round++) {
            List<BrokerDefinition> added = brokers(30);
            List<BrokerDefinition> reversed = new ArrayList<>(added);
            Collections.reverse(reversed);
            List<Race.Outcome<List<BrokerDefinition>>> outcomes =
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
        BrokerRepository repository = repository();
        List<BrokerDefinition> given = Resembling.IDS.stream()
                .map(id -> kept(BrokerDefinition.builder(id, "host", 1).build()))
                .toList();
        given.forEach(repository::save);
        List<BrokerDefinition> all = repository.page(null, 1_000);
        assertThat(all)
                .extracting(definition -> definition.id().value())
                .containsExactlyInAnyOrderElementsOf(Resembling.IDS);
        for (int limit : new int[] {1, 2, 3}) {
            assertThat(allPages(repository, limit)).isEqualTo(all);
        }
        for (BrokerDefinition definition : given) {
            assertThat(repository.delete(definition.id())).isTrue();
            assertThat(repository.find(definition.id())).isEmpty();
        }
        assertThat(repository.page(null, 10)).isEmpty();
    }

    @Test
    void aPageCanBeginAfterAnIdThatNeverWas() {
        BrokerRepository repository = repository();
        repository.saveAll(brokers(10));
        List<BrokerDefinition> all = repository.page(null, 10);
        for (String id : Resembling.IDS) {
            List<BrokerDefinition> after = repository.page(BrokerId.of(id), 100);
            assertThat(after).isEqualTo(all.subList(all.size() - after.size(), all.size()));
        }
    }

    @Test
    void whatIsThereAllTheTimeIsOnOnePageWhateverComesAndGoes() throws Exception {
        BrokerRepository repository = repository();
        List<BrokerDefinition> staying = repository.saveAll(brokers(40));
        List<Race.Passing> others = Stream.generate(() -> brokers(10))
                .limit(2)
                .map(passing -> new Race.Passing(
                        () -> repository.saveAll(passing),
                        () -> passing.forEach(definition -> repository.delete(definition.id()))))
                .toList();
        Race.look(
                () -> {
                    for (int round = 0; round < 20; round++) {
                        List<BrokerId> met = allPages(repository, 7).stream()
                                .map(BrokerDefinition::id)
                                .toList();
                        assertThat(met)
                                .doesNotHaveDuplicates()
                                .containsAll(staying.stream()
                                        .map(BrokerDefinition::id)
                                        .toList());
                    }
                },
                others);
    }

    @Test
    void nullsAreRefused() {
        BrokerRepository repository = repository();
        BrokerDefinition stored = repository.save(broker());
        BrokerDefinition added = broker();
        assertThatNullPointerException().isThrownBy(() -> repository.find(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.pageOfOwner(Nulls.absent(), null, 1));
        assertThatNullPointerException().isThrownBy(() -> repository.countOfOwner(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.save(Nulls.absent()));
        assertThatNullPointerException().isThrownBy(() -> repository.saveAll(Nulls.absent()));
        assertThatNullPointerException()
                .isThrownBy(() -> repository.saveAll(Arrays.asList(added, Nulls.<BrokerDefinition>absent())));
        assertThatNullPointerException().isThrownBy(() -> repository.setActive(Nulls.absent(), true));
        assertThatNullPointerException().isThrownBy(() -> repository.delete(Nulls.absent()));
        assertThat(repository.page(null, 10)).containsExactly(stored);
    }

    /** One deletes what the other edits: either the edit came first and is gone with the rest, or it is refused. */
    @Test
    void whatIsDeletedWhileItIsEditedDoesNotComeBack() throws Exception {
        BrokerRepository repository = repository();
        for (int round = 0; round < 10; round++) {
            BrokerDefinition stored = repository.save(broker());
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

    private static BrokerDefinition oneWins(BrokerRepository repository, BrokerDefinition left, BrokerDefinition right)
            throws Exception {
        List<Race.Outcome<BrokerDefinition>> outcomes =
                Race.run(List.of(() -> repository.save(left), () -> repository.save(right)));
        assertThat(outcomes).filteredOn(Race.Outcome::succeeded).hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.succeeded())
                .allSatisfy(outcome -> assertThat(outcome.failure()).isInstanceOf(VersionConflictException.class));
        BrokerDefinition winner = outcomes.stream()
                .filter(Race.Outcome::succeeded)
                .findFirst()
                .orElseThrow()
                .value();
        assertThat(repository.find(left.id())).contains(winner);
        return winner;
    }

    private static void assertConflict(BrokerId id, Runnable work) {
        assertThatExceptionOfType(VersionConflictException.class)
                .isThrownBy(work::run)
                .satisfies(e -> assertThat(e.id()).isEqualTo(id.value()));
    }

    private static List<BrokerDefinition> allPages(BrokerRepository repository, int limit) {
        List<BrokerDefinition> all = new ArrayList<>();
        List<BrokerDefinition> page = repository.page(null, limit);
        while (true) {
            all.addAll(page);
            assertThat(all).as("pages come to an end").hasSizeLessThan(1_000);
            if (page.size() < limit) {
                return all;
            }
            page = repository.page(page.get(page.size() - 1).id(), limit);
        }
    }
}
