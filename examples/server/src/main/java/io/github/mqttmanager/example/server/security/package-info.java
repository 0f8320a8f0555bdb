/** Who is asking: login, tokens and the keys that sign them, limits against guessing. */
@NullMarked
package io.github.mqttmanager.example.server.security;

import org.jspecify.annotations.NullMarked;
