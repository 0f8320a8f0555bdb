package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EmbeddedBrokerExtensionTest {
    @RegisterExtension
    static final EmbeddedBrokerExtension SHARED = new EmbeddedBrokerExtension();

    @RegisterExtension
    final EmbeddedBrokerExtension own = new EmbeddedBrokerExtension(EmbeddedBroker.builder());

    private static int sharedPort;
    private static int ownPort;

    @Test
    @Order(1)
    void bothRun() throws IOException {
        sharedPort = SHARED.port();
        ownPort = own.port();
        new Socket(SHARED.host(), sharedPort).close();
        new Socket(own.host(), ownPort).close();
        SHARED.broker().stop();
    }

    @Test
    @Order(2)
    void theSharedOneRunsAgainAndTheOwnOneIsAnother() throws IOException {
        assertThat(SHARED.port()).isEqualTo(sharedPort);
        new Socket(SHARED.host(), sharedPort).close();
        new Socket(own.host(), own.port()).close();
    }

    @AfterAll
    static void theOwnOneIsGone() {
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket("127.0.0.1", ownPort));
    }
}
