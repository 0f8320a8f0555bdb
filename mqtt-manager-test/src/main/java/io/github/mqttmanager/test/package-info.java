/**
 * For tests of hosts and of repositories: contracts that a repository must keep, samples that use every field, a broker inside the
 * test's process, a proxy that makes the faults of a network, and a listener that answers as a script says.
 */
@NullMarked
package io.github.mqttmanager.test;

import org.jspecify.annotations.NullMarked;
