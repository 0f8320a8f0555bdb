/**
 * For tests of hosts and of repositories: contracts that a repository must keep, samples that use every field, a broker inside the
 * test's process, and a proxy that makes the faults of a network.
 */
@NullMarked
package io.github.mqttmanager.test;

import org.jspecify.annotations.NullMarked;
