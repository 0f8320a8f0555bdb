/** What the application remembers about itself. */
@NullMarked
package io.github.mqttmanager.example.server.setting;

import org.jspecify.annotations.NullMarked;
