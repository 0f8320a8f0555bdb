package io.github.mqttmanager.example.server.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Accepts connections and never says a word, like something that is no broker. */
final class SilentListener implements AutoCloseable {
    private static final int WAITING = 50;
    private static final int PATIENCE_MILLIS = 60_000;

    private final ServerSocket listener;

    SilentListener(int port) throws IOException {
        listener = new ServerSocket(port, WAITING, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(this::listen, "silent-listener");
        thread.setDaemon(true);
        thread.start();
    }

    /** One after the other: those that wait for their turn hear nothing either. */
    private void listen() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // it gave up, or we are closed
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
