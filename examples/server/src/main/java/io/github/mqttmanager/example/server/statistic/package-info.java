/** Status and figures of everything that one user has. */
@NullMarked
package io.github.mqttmanager.example.server.statistic;

import org.jspecify.annotations.NullMarked;
