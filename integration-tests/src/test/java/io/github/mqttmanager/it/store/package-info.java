/** Definitions and devices in a database whose host is killed, or whose disk is full. */
@NullMarked
package io.github.mqttmanager.it.store;

import org.jspecify.annotations.NullMarked;
