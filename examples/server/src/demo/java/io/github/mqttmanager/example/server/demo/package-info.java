/** The demo: brokers within the process, simulated devices, and definitions to begin with. Absent from production. */
@NullMarked
package io.github.mqttmanager.example.server.demo;

import org.jspecify.annotations.NullMarked;
