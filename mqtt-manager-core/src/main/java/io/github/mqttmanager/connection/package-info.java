/**
 * Keeps one link per broker alive and tells the truth about it. Public are the words of the field: state, status, failure, policy
 * and listener; the engine is hidden behind {@link io.github.mqttmanager.connection.Connections}, which the manager owns. Knows
 * nothing of devices: where inbound publishes go and which filters are wanted, it is told.
 */
@NullMarked
package io.github.mqttmanager.connection;

import org.jspecify.annotations.NullMarked;
