/** Definitions and devices that other processes change in the database, while brokers are connected. */
@NullMarked
package io.github.mqttmanager.it.change;

import org.jspecify.annotations.NullMarked;
