/**
 * Who we connect to: the definition of a broker with its endpoints, credentials and settings, and the repository that
 * definitions come from. Nothing here connects.
 */
@NullMarked
package io.github.mqttmanager.broker;

import org.jspecify.annotations.NullMarked;
