/** What devices measured: read from payloads, stored, counted and forgotten in time. */
@NullMarked
package io.github.mqttmanager.example.server.reading;

import org.jspecify.annotations.NullMarked;
