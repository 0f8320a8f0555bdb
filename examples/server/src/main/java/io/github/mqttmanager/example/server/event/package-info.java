/** The resource of events, and what is told there of connections. */
@NullMarked
package io.github.mqttmanager.example.server.event;

import org.jspecify.annotations.NullMarked;
