/**
 * Brokers and devices in a relational database over jakarta.persistence, with secrets encrypted at rest. Needs no framework: a
 * {@link io.github.mqttmanager.jpa.JpaSession} says where entity managers and transactions come from. Tested with Hibernate on H2
 * and PostgreSQL.
 */
@NullMarked
package io.github.mqttmanager.jpa;

import org.jspecify.annotations.NullMarked;
