/** Streams of server-sent events: bounded, each with a writer of its own, so that a slow reader harms only itself. */
@NullMarked
package io.github.mqttmanager.example.server.stream;

import org.jspecify.annotations.NullMarked;
