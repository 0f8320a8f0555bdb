package io.github.mqttmanager.architecture.bad.topic;

import io.github.mqttmanager.architecture.bad.broker.KnowsPublishes;

/** Topics are a leaf. */
public record KnowsABroker(KnowsPublishes broker) {}
