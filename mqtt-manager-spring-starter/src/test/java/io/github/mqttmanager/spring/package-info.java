@NullMarked
package io.github.mqttmanager.spring;

import org.jspecify.annotations.NullMarked;
