package io.github.mqttmanager.broker;

import java.util.List;
import java.util.Optional;

/**
 * A repository's optional ability to tell what is wrong with definitions that it has and cannot read. {@link BrokerRepository#find} of one
 * throws {@link UnreadableDefinitionException}; pages leave it out, so that it does not stop the others. Whoever misses a definition in a
 * page must not take it for deleted.
 *
 * <p>The manager shows such a broker as failed, with the reason, looks again every few seconds, and connects it once it can be read. A
 * connection that it has already goes on.
 */
public interface UnreadableDefinitions {
    /** Those that could not be read when last tried, by id. Returns at once. */
    List<UnreadableDefinition> unreadable();

    /**
     * What can be read of a definition: without the secrets that cannot be, for a form in which they are entered again. Whoever saves it as
     * it is deletes them. Equal to what {@link BrokerRepository#find} returns if everything can be read.
     *
     * @throws UnreadableDefinitionException if it is not for its secrets that it cannot be read
     */
    Optional<BrokerDefinition> findReadablePart(BrokerId id);
}
