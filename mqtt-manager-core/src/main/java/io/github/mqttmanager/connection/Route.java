package io.github.mqttmanager.connection;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that an attempt goes to: looked up by us and permitted, so that nobody looks them up again.
 *
 * @param broker with the name that it was found by
 * @param proxy on the way to it, or null
 */
record Route(InetSocketAddress broker, @Nullable InetSocketAddress proxy) {}
