/** Measures what the library keeps to itself. */
@NullMarked
package io.github.mqttmanager.device;

import org.jspecify.annotations.NullMarked;
