/** The resource of devices, with their commands. */
@NullMarked
package io.github.mqttmanager.example.server.device;

import org.jspecify.annotations.NullMarked;
