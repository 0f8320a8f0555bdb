package io.github.mqttmanager.architecture.bad.broker;

import io.github.mqttmanager.architecture.bad.publish.PublishHelper;

/** Definitions know nothing of what goes through. */
public record KnowsPublishes(PublishHelper helper) {}
