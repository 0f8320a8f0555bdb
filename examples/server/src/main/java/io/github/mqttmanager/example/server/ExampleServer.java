package io.github.mqttmanager.example.server;

import io.github.mqttmanager.example.server.setting.DataDirectory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the application. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class ExampleServer {
    static {
        // DATA_DIR may be a relative path without "./" in front.
        System.setProperty("h2.implicitRelativePath", "true");
        // Two logback.xml are on the class path of the demo, and ours comes first: no need to report it at length.
        System.setProperty("logback.statusListenerClass", "ch.qos.logback.core.status.NopStatusListener");
    }

    public static void main(String[] arguments) {
        application().run(arguments);
    }

    /** The application, ready to run. */
    static SpringApplication application() {
        SpringApplication application = new SpringApplication(ExampleServer.class);
        application.addListeners(new DataDirectory());
        return application;
    }
}
