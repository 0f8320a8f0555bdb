/** The people who sign in: kept in the application's own table. */
@NullMarked
package io.github.mqttmanager.example.server.user;

import org.jspecify.annotations.NullMarked;
