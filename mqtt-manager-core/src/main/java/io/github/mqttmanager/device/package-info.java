/**
 * Devices, each linked to one broker: where they come from, which topics are theirs, who handles what they publish, and when
 * they were last seen. Knows nothing of connections.
 */
@NullMarked
package io.github.mqttmanager.device;

import org.jspecify.annotations.NullMarked;
