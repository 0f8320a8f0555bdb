/** Classes that break the rules on purpose. */
@NullMarked
package io.github.mqttmanager.architecture.bad.connection;

import org.jspecify.annotations.NullMarked;
