/** Plain Java, one idea per file. */
@NullMarked
package io.github.mqttmanager.example.quickstart;

import org.jspecify.annotations.NullMarked;
