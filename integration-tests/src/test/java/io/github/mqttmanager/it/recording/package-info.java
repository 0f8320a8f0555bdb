/**
 * The judge of delivery: a recording broker in a process of its own, which forces what it accepted to disk before it says so, and an offline
 * checker of what both sides wrote down. A child of core's tests in no way: it knows MQTT, and nothing of the library.
 */
@NullMarked
package io.github.mqttmanager.it.recording;

import org.jspecify.annotations.NullMarked;
