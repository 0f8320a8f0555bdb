package io.github.mqttmanager.test;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The loggers of the embedded broker: it would say much at INFO that is of no use to a test. */
final class BrokerLoggers {
    private static final String BROKER = "com.hivemq";
    private static final String CLIENT = "com.hivemq.client";
    private static final List<String> OTHERS = List.of("jetbrains.exodus", "oshi");

    private BrokerLoggers() {}

    /** Sets them to WARN, unless the host set them or does not log through Logback. The client's loggers are not touched. */
    static void quieten() {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        Logger broker = context.getLogger(BROKER);
        if (broker.getLevel() == null) {
            Logger client = context.getLogger(CLIENT);
            if (client.getLevel() == null) {
                client.setLevel(client.getEffectiveLevel());
            }
            broker.setLevel(Level.WARN);
        }
        for (String name : OTHERS) {
            Logger other = context.getLogger(name);
            if (other.getLevel() == null) {
                other.setLevel(Level.WARN);
            }
        }
    }
}
