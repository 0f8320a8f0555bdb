package io.github.mqttmanager.connection;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses of a host name, for hosts whose names are not those of the machine's own DNS (a service registry, a name server of
 * their own). Asked at every attempt; literal addresses never are. What it answers is put before the {@link NetworkPolicy}, and the
 * address that passed is the one that is connected to.
 */
@FunctionalInterface
public interface HostResolver {
    /**
     * Called on a thread of the manager's that may be blocked, by several at once, but for one name by one at a time. Nobody waits
     * longer than 5 s for the answer, yet a call that never returns keeps its thread for ever.
     *
     * @return all addresses, in the order in which they are to be tried
     * @throws UnknownHostException if there is none; the same is taken from an empty answer and from any other exception
     */
    List<InetAddress> addresses(String host) throws UnknownHostException;

    /** The machine's own: hosts file, DNS, whatever the Java runtime uses. */
    static HostResolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
