/** The whole library against real brokers and faults, by behaviour. */
@NullMarked
package io.github.mqttmanager.it;

import org.jspecify.annotations.NullMarked;
