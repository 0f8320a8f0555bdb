package io.github.mqttmanager.test;

import com.hivemq.configuration.service.InternalConfigurations;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What HiveMQ changes in the whole process when it starts, to be put back afterwards. */
final class ProcessState implements AutoCloseable {
    private static final String HOME = "hivemq.home";

    /** How long a broker that stops waits for stragglers: its 2 s would make each test that long. */
    private static final int SHORT_GRACE_PERIOD_MILLIS = 100;

    private static final List<String> NAMES = List.of(HOME, "hivemq.log.folder");

    private final Thread.@Nullable UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    private final int gracePeriod = InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.get();
    private final Properties before = new Properties();

    private ProcessState() {
        for (String name : NAMES) {
            String value = System.getProperty(name);
            if (value != null) {
                before.setProperty(name, value);
            }
        }
    }

    /** Keeps what there is and says where the broker is at home, without which it would make a folder of its own. */
    static ProcessState save(Path home) {
        ProcessState state = new ProcessState();
        System.setProperty(HOME, home.toString());
        InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(SHORT_GRACE_PERIOD_MILLIS);
        return state;
    }

    @Override
    public void close() {
        for (String name : NAMES) {
            String value = before.getProperty(name);
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        }
        InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(gracePeriod);
        Thread.setDefaultUncaughtExceptionHandler(handler);
    }
}
