/** The resource of brokers: definitions and connection control of one user. */
@NullMarked
package io.github.mqttmanager.example.server.broker;

import org.jspecify.annotations.NullMarked;
