/**
 * {@link io.github.mqttmanager.MqttManager} as a bean of a Spring Boot application: repositories are picked up or configured, the
 * manager starts and stops with the application and never delays its start, and its brokers have a health.
 */
@NullMarked
package io.github.mqttmanager.spring;

import org.jspecify.annotations.NullMarked;
