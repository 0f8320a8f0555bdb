package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FaultProxyTest {
    private ServerSocket target;
    private FaultProxy proxy;

    @BeforeEach
    void echo() throws IOException {
        target = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread acceptor = new Thread(() -> {
            while (!target.isClosed()) {
                try {
                    Socket socket = target.accept();
                    Thread echo = new Thread(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            // cut
                        }
                    });
                    echo.setDaemon(true);
                    echo.start();
                } catch (IOException e) {
                    return;
                }
            }
        });
        acceptor.setDaemon(true);
        acceptor.start();
        proxy = FaultProxy.to("127.0.0.1", target.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        target.close();
    }

    @Test
    void bytesPassBothWaysAndAreCounted() throws IOException {
        try (Socket client = connect()) {
            assertThat(echo(client, 7)).isEqualTo(7);
            assertThat(proxy.acceptedLinks()).isEqualTo(1);
            assertThat(proxy.openLinks()).isEqualTo(1);
            await().untilAsserted(() -> {
                assertThat(proxy.bytes(FaultProxy.Direction.TO_TARGET)).isEqualTo(1);
                assertThat(proxy.bytes(FaultProxy.Direction.TO_CLIENT)).isEqualTo(1);
            });
        }
    }

    @Test
    void theEndOfAClientIsPassedOnAndTheLinkIsGone() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(1);
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).containsExactly(1);
        }
        await().until(() -> proxy.openLinks() == 0);
    }

    @Test
    void cutResetsLinksThatExistAndLetsNewOnesIn() throws IOException {
        try (Socket client = connect()) {
            echo(client, 1);
            proxy.cut();
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> client.getInputStream().read())
                    .withMessageContaining("reset");
        }
        await().until(() -> proxy.openLinks() == 0);
        try (Socket again = connect()) {
            assertThat(echo(again, 2)).isEqualTo(2);
        }
        assertThat(proxy.acceptedLinks()).isEqualTo(2);
    }

    @Test
    void refusedConnectionsFailAtOnceWhileLinksThatExistGoOn() throws IOException {
        try (Socket client = connect()) {
            echo(client, 1);
            for (int round = 2; round < 50; round++) {
                proxy.refuse(true);
                assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
                assertThat(echo(client, round)).isEqualTo(round);
                proxy.refuse(false);
                try (Socket again = connect()) {
                    assertThat(echo(again, 3)).isEqualTo(3);
                }
            }
        }
    }

    @Test
    void stalledBytesStopAndPassWhenItFlowsAgain() throws IOException {
        try (Socket client = connect()) {
            echo(client, 1);
            proxy.stall();
            client.getOutputStream().write(2);
            client.setSoTimeout(150);
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> client.getInputStream().read());
            proxy.flow();
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void oneDirectionStallsAlone() throws IOException {
        try (Socket client = connect()) {
            echo(client, 1);
            proxy.stall(FaultProxy.Direction.TO_CLIENT);
            client.getOutputStream().write(2);
            await().until(() -> proxy.bytes(FaultProxy.Direction.TO_TARGET) == 2);
            client.setSoTimeout(150);
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> client.getInputStream().read());
            proxy.flow(FaultProxy.Direction.TO_CLIENT);
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void aStalledLinkCanBeCut() throws IOException {
        try (Socket client = connect()) {
            echo(client, 1);
            proxy.stall();
            client.getOutputStream().write(2);
            proxy.cut();
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> client.getInputStream().read());
        }
        await().until(() -> proxy.openLinks() == 0);
    }

    @Test
    void anUnreachableTargetEndsTheLink() throws IOException {
        target.close();
        try (Socket client = connect()) {
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> client.getInputStream().read());
        }
        await().until(() -> proxy.openLinks() == 0);
    }

    @Test
    void aClosedProxyRefusesAndStaysClosed() throws IOException {
        try (Socket client = connect()) {
            echo(client, 1);
            proxy.close();
            proxy.close();
            proxy.refuse(false);
            assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static int echo(Socket client, int value) throws IOException {
        client.getOutputStream().write(value);
        return client.getInputStream().read();
    }
}
