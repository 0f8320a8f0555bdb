/** A REST application on mqtt-manager: brokers, devices and readings of several users. */
@NullMarked
package io.github.mqttmanager.example.server;

import org.jspecify.annotations.NullMarked;
