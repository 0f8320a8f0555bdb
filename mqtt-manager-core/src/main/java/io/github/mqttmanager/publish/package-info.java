/** What goes through: publishes in both directions, the receipt or the typed failure of each that we send. */
@NullMarked
package io.github.mqttmanager.publish;

import org.jspecify.annotations.NullMarked;
