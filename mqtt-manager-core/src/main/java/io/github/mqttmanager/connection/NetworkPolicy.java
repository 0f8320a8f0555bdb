package io.github.mqttmanager.connection;

import io.github.mqttmanager.broker.BrokerDefinition;
import java.net.InetAddress;

/**
 * Which addresses may be connected to. Asked with each resolved address before every attempt; the address that passed is the one
 * that is used. If one address of a name is refused, the name is.
 */
@FunctionalInterface
public interface NetworkPolicy {
    /** Called on the manager's control threads; may not block. What it throws counts as no. */
    boolean permits(BrokerDefinition definition, InetAddress address, int port);

    /** Every address: for hosts whose definitions come from people they trust. */
    static NetworkPolicy everything() {
        return (definition, address, port) -> true;
    }

    /**
     * Only addresses of the public internet for definitions that carry an owner, everything for those of the host itself. Refused are
     * loopback, private, link-local, shared, multicast, documentation and reserved ranges, also when an IPv6 address wraps them.
     */
    static NetworkPolicy publicForOwned() {
        return (definition, address, port) -> definition.owner() == null || AddressRanges.isPublic(address);
    }
}
