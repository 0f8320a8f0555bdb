package io.github.mqttmanager.spring.app;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** An entity of the host, with a name that the library's must not take. */
@Entity(name = "Broker")
public class HostEntity {
    @Id
    private long id;

    public long getId() {
        return id;
    }
}
