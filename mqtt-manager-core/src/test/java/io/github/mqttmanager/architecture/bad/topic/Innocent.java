package io.github.mqttmanager.architecture.bad.topic;

/** Breaks nothing. */
public record Innocent(String value) {}
