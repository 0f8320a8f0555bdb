/**
 * The door: {@link io.github.mqttmanager.MqttManager} and its builder. Brokers and devices come from repositories, connections to the
 * brokers are kept alive and tell the truth about themselves, publishes are routed between devices and their brokers.
 */
@NullMarked
package io.github.mqttmanager;

import org.jspecify.annotations.NullMarked;
