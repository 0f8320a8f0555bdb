/** Measurements, each beside its comparison. */
@NullMarked
package io.github.mqttmanager.benchmarks;

import org.jspecify.annotations.NullMarked;
