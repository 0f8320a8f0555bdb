package io.github.mqttmanager.architecture.bad.unmarked;

/** Its package has no package-info. */
public final class SaysNothingOfNull {}
