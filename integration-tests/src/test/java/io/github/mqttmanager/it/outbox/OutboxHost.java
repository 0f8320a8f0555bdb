package io.github.mqttmanager.it.outbox;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.it.recording.JavaProcess;
import io.github.mqttmanager.jpa.JpaOutbox;
import io.github.mqttmanager.jpa.MqttManagerEntities;
import io.github.mqttmanager.jpa.PlainJpaSession;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.topic.TopicTemplate;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * A host application that gives commands through the outbox. Each of its transactions has a number, of which it writes a row of its own; what is
 * sent must be the commands of the transactions whose rows are there, and no others.
 *
 * <p>As a process: arguments are the URL of the database, the port of the broker, and the number of the first transaction. {@code start} makes it
 * connect, and say {@code started}; {@code work} makes it give commands until it is killed.
 */
final class OutboxHost implements AutoCloseable {
    static final BrokerId BROKER = BrokerId.of("b");
    static final int DEVICES = 12;

    final MqttManager manager;
    private final EntityManagerFactory factory;
    private final PlainJpaSession session;

    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    OutboxHost(String url) {
        PersistenceConfiguration configuration = new PersistenceConfiguration("outbox")
                .property("jakarta.persistence.jdbc.url", url)
                .property("hibernate.jdbc.batch_size", "50");
        MqttManagerEntities.classes().forEach(configuration::managedClass);
        factory = configuration.createEntityManagerFactory();
        session = new PlainJpaSession(factory);
        manager = MqttManager.builder()
                .handler((device, publish) -> {})
                .transactions(session)
                .outbox(new JpaOutbox(session))
                .build();
    }

    void start(int port) {
        manager.start();
        manager.save(BrokerDefinition.builder(BROKER, "127.0.0.1", port)
                .clientIdentifier("outbox-host")
                .build());
        for (int i = 0; i < DEVICES; i++) {
            manager.save(Device.builder("d" + i, "b")
                    .commandTopic(TopicTemplate.of("commands/{device_id}"))
                    .build());
        }
    }

    boolean isConnected() {
        return manager.status(BROKER).map(BrokerStatus::isConnected).orElse(false);
    }

    /**
     * One transaction with commands to random devices of a share, whose payloads begin with {@code transaction-number}.
     *
     * @return whether it is committed
     */
    boolean transaction(long number, int first, int devices, boolean undone, int size, String rest) {
        Random random = new Random(number);
        try {
            session.inTransaction(entities -> {
                for (int i = 0; i < size; i++) {
                    manager.enqueue(
                            DeviceId.of("d" + (first + random.nextInt(devices))),
                            OutboundPublish.of(number + "-" + i + rest));
                }
                entities.createNativeQuery("insert into business (number, size) values (?1, ?2)")
                        .setParameter(1, number)
                        .setParameter(2, size)
                        .executeUpdate();
                if (undone) {
                    throw new Undo();
                }
                return true;
            });
            return true;
        } catch (Undo e) {
            return false;
        }
    }

    @Override
    public void close() {
        manager.close();
        factory.close();
    }

    public static void main(String[] arguments) throws Exception {
        JavaProcess.endInTime();
        PrintStream parent = JavaProcess.toParent();
        OutboxHost host = new OutboxHost(arguments[0]);
        long from = Long.parseLong(arguments[2]);
        try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                if (line.equals("start")) {
                    host.start(Integer.parseInt(arguments[1]));
                    parent.println("started");
                } else {
                    // Two at the same time, with devices of their own.
                    for (int i = 0; i < 2; i++) {
                        int share = i;
                        Thread worker = new Thread(() -> host.work(from + share, share));
                        worker.setDaemon(true);
                        worker.start();
                    }
                }
            }
        }
        System.exit(0);
    }

    private void work(long from, int share) {
        Random random = new Random(from);
        for (long number = from; ; number += 2) {
            transaction(number, share * DEVICES / 2, DEVICES / 2, random.nextInt(3) == 0, 1 + random.nextInt(40), "");
        }
    }
}
