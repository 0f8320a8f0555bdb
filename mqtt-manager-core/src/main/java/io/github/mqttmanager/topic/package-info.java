/**
 * Topics of MQTT: names that are published to, filters that are subscribed to, and templates that stand for the topics
 * of a device. A leaf: it knows nothing of the rest.
 */
@NullMarked
package io.github.mqttmanager.topic;

import org.jspecify.annotations.NullMarked;
