package io.github.mqttmanager.broker;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where broker definitions are kept.
 *
 * <p>Contract. Called by any thread, several at a time; may block; joins the transaction of the calling thread where the store
 * has any. What is not found is an empty result, {@code false} or nothing, never an exception. Any {@link RuntimeException} means
 * that the store could not answer: the manager reports it, keeps what it has, and asks again later. A null where none is allowed is
 * refused with a {@link NullPointerException}. The contract tests of {@code mqtt-manager-test} say the rest.
 */
public interface BrokerRepository {
    /**
     * The definition with this id.
     *
     * @throws UnreadableDefinitionException if there is one that cannot be read, such as for want of a key
     */
    Optional<BrokerDefinition> find(BrokerId id);

    /**
     * Definitions in an order of the repository's own that does not change. Whatever comes or goes between two pages: those that are there all the time
     * are each in one of them.
     *
     * @param after the last one of the page before, or null for the first page; it may have been deleted since
     * @param limit how many at most, at least 1
     * @return fewer than the limit only at the end
     */
    List<BrokerDefinition> page(@Nullable BrokerId after, int limit);

    /** As {@link #page}, of one owner. */
    List<BrokerDefinition> pageOfOwner(String owner, @Nullable BrokerId after, int limit);

    /** How many definitions an owner has. */
    long countOfOwner(String owner);

    /**
     * Stores a definition whose version is 0 as a new one, any other as the successor of the stored one with that version.
     *
     * @return what was stored, with the version raised by one
     * @throws VersionConflictException if the id exists already, or the stored one has another version or is gone
     */
    BrokerDefinition save(BrokerDefinition definition);

    /** Saves all or none, as {@link #save} does. */
    List<BrokerDefinition> saveAll(List<BrokerDefinition> definitions);

    /**
     * Sets whether the broker is wanted, without raising the version that guards edits: the last command wins.
     *
     * @return whether the definition exists
     */
    boolean setActive(BrokerId id, boolean active);

    /** @return whether there was one to delete */
    boolean delete(BrokerId id);
}
