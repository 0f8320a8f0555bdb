/** Classes that break the rules on purpose. */
@NullMarked
package io.github.mqttmanager.architecture.bad.device;

import org.jspecify.annotations.NullMarked;
