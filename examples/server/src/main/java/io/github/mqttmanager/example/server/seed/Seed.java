package io.github.mqttmanager.example.server.seed;

import io.github.mqttmanager.example.server.user.User;

/** Something that is made once for the first user. */
public interface Seed {
    /** Its name, under which it is remembered. */
    String name();

    /** Whether there is anything to make. */
    boolean isWanted();

    /** Makes it, before any broker is connected. @return what is remembered of it */
    String sow(User firstUser);

    /** Called at later starts: may adapt what is still there. @return what is remembered of it from now on */
    default String keep(String remembered) {
        return remembered;
    }
}
