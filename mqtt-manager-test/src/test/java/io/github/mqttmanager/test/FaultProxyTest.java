package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    @Test
    void delayedBytesComeLaterAndAllOfThem() throws IOException {
        try (Socket client = connect()) {
            echo(client, 1);
            proxy.delay(FaultProxy.Direction.TO_CLIENT, Duration.ofMillis(300));
            long began = System.nanoTime();
            assertThat(echo(client, 2)).isEqualTo(2);
            assertThat(since(began)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));

            // The way is long, not narrow: what is sent together arrives together.
            began = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                client.getOutputStream().write(i);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(client.getInputStream().read()).isEqualTo(i);
            }
            assertThat(since(began)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));

            proxy.delay(FaultProxy.Direction.TO_TARGET, Duration.ofMillis(200));
            began = System.nanoTime();
            echo(client, 3);
            assertThat(since(began)).isGreaterThanOrEqualTo(Duration.ofMillis(500));

            proxy.flow();
            began = System.nanoTime();
            echo(client, 4);
            assertThat(since(began)).isLessThan(Duration.ofMillis(200));
        }
    }

    @Test
    void aLargeTransferSurvivesADelay() throws Exception {
        proxy.delay(FaultProxy.Direction.TO_TARGET, Duration.ofMillis(100));
        byte[] sent = new byte[5_000_000];
        new Random(5).nextBytes(sent);
        try (Socket client = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    client.getOutputStream().write(sent);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            writer.start();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
            writer.join();
        }
        await().until(() -> proxy.openLinks() == 0);
    }

    @Test
    void tricklingBytesComeInPortions() throws IOException {
        try (Socket client = connect()) {
            proxy.trickle(FaultProxy.Direction.TO_CLIENT, 2, Duration.ofMillis(50));
            long began = System.nanoTime();
            client.getOutputStream().write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            assertThat(client.getInputStream().readNBytes(8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(since(began)).isBetween(Duration.ofMillis(150), Duration.ofSeconds(3));
            proxy.flow(FaultProxy.Direction.TO_CLIENT);
            assertThat(echo(client, 9)).isEqualTo(9);
        }
    }

    @Test
    void linksAreClosedAfterSoManyBytes() throws IOException {
        proxy.closeAfter(FaultProxy.Direction.TO_CLIENT, 3);
        for (int i = 0; i < 3; i++) {
            try (Socket client = connect()) {
                client.getOutputStream().write(new byte[] {1, 2, 3, 4, 5});
                assertThat(client.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
            }
        }
        await().until(() -> proxy.openLinks() == 0);
        assertThat(proxy.bytes(FaultProxy.Direction.TO_CLIENT)).isEqualTo(9);
        proxy.flow();
        try (Socket client = connect()) {
            client.getOutputStream().write(new byte[] {1, 2, 3, 4, 5});
            assertThat(client.getInputStream().readNBytes(5)).containsExactly(1, 2, 3, 4, 5);
        }
    }

    @Test
    void aHalfOpenLinkStaysAndAnswersNothing() throws IOException {
        try (Socket client = connect();
                Socket other = connect()) {
            echo(client, 1);
            echo(other, 1);
            proxy.halfOpen();
            client.setSoTimeout(150);
            for (int i = 0; i < 5; i++) {
                client.getOutputStream().write(new byte[100_000]);
                assertThatExceptionOfType(SocketTimeoutException.class)
                        .isThrownBy(() -> client.getInputStream().read());
            }
            assertThat(proxy.openLinks()).isEqualTo(2);
            try (Socket fresh = connect()) {
                assertThat(echo(fresh, 2)).isEqualTo(2);
            }
        }
        await().until(() -> proxy.openLinks() == 0);
    }

    @Test
    void nothingOfTheProxyIsLeftWhenItIsClosed() throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(connect());
            echo(clients.get(i), i);
        }
        proxy.halfOpen();
        clients.add(connect());
        proxy.delay(FaultProxy.Direction.TO_TARGET, Duration.ofHours(1));
        proxy.trickle(FaultProxy.Direction.TO_CLIENT, 1, Duration.ofHours(1));
        proxy.stall();
        clients.get(5).getOutputStream().write(1);
        proxy.close();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("fault-proxy-" + proxy.port())));
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void nonsenseIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.delay(FaultProxy.Direction.TO_CLIENT, Duration.ofMillis(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy.trickle(FaultProxy.Direction.TO_CLIENT, 0, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.closeAfter(FaultProxy.Direction.TO_CLIENT, -1));
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", proxy.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static int echo(Socket client, int value) throws IOException {
        client.getOutputStream().write(value);
        return client.getInputStream().read();
    }
}
