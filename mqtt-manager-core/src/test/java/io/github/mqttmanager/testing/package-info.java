/** What tests of several packages need: time that is moved by hand, certificates, and a search for secrets. */
@NullMarked
package io.github.mqttmanager.testing;

import org.jspecify.annotations.NullMarked;
