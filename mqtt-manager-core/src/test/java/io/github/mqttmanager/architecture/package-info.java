/** The rules of the house, and what breaks them. */
@NullMarked
package io.github.mqttmanager.architecture;

import org.jspecify.annotations.NullMarked;
