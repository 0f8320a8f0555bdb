/** What is there at the first start, made once and not again after it was deleted. */
@NullMarked
package io.github.mqttmanager.example.server.seed;

import org.jspecify.annotations.NullMarked;
