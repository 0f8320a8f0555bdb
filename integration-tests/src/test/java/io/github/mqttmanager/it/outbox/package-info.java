/** The durable outbox with a real database and a broker that remembers: crashes of the host, a full disk, a database that is away. */
@NullMarked
package io.github.mqttmanager.it.outbox;

import org.jspecify.annotations.NullMarked;
