/** What the application needs of the store beside the library's repositories. */
@NullMarked
package io.github.mqttmanager.example.server.store;

import org.jspecify.annotations.NullMarked;
