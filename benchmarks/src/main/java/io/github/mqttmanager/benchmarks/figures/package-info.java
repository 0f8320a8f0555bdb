/** Figures of whole processes: one scenario each, with its brokers in other processes. */
@NullMarked
package io.github.mqttmanager.benchmarks.figures;

import org.jspecify.annotations.NullMarked;
