package io.github.mqttmanager.device;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.TopicTemplate;

/**
 * What is to be subscribed may have changed.
 *
 * @param broker where
 * @param template that a device has now, or no longer has
 * @param deviceName what the device is called in topics
 */
public record WantedChange(BrokerId broker, TopicTemplate template, String deviceName) {}
