package io.github.mqttmanager.benchmarks.figures;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.jpa.JpaOutbox;
import io.github.mqttmanager.jpa.MqttManagerEntities;
import io.github.mqttmanager.jpa.MqttManagerSchema;
import io.github.mqttmanager.jpa.PlainJpaSession;
import io.github.mqttmanager.publish.OutboundPublish;
import io.github.mqttmanager.publish.OutboxEntry;
import io.github.mqttmanager.publish.OutboxListener;
import io.github.mqttmanager.publish.PublishException;
import io.github.mqttmanager.publish.PublishReceipt;
import io.github.mqttmanager.topic.TopicTemplate;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;

/** A host application that gives commands to a thousand devices of one broker through the outbox, in PostgreSQL. */
final class OutboxProcess {
    private static final int DEVICES = 1_000;
    private static final BrokerId BROKER = BrokerId.of("b");

    private final String url;
    private final PlainJpaSession session;
    private final MqttManager manager;
    private final AtomicLong confirmed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final String payload = "x".repeat(100);

    private OutboxProcess(String url, int port) throws SQLException {
        this.url = url;
        try (Connection connection = DriverManager.getConnection(url)) {
            MqttManagerSchema.apply(connection);
        }
        PersistenceConfiguration configuration = new PersistenceConfiguration("outbox")
                .property("jakarta.persistence.jdbc.url", url)
                .property("hibernate.jdbc.batch_size", "100");
        MqttManagerEntities.classes().forEach(configuration::managedClass);
        EntityManagerFactory factory = configuration.createEntityManagerFactory();
        session = new PlainJpaSession(factory);
        manager = MqttManager.builder()
                .handler((device, publish) -> {})
                .transactions(session)
                .outbox(new JpaOutbox(session))
                .outboxListener(new OutboxListener() {
                    @Override
                    public void sent(OutboxEntry entry, PublishReceipt receipt) {
                        confirmed.incrementAndGet();
                    }

                    @Override
                    public void failed(OutboxEntry entry, PublishException failure) {
                        failed.incrementAndGet();
                    }
                })
                .build();
        manager.start();
        manager.save(BrokerDefinition.builder(BROKER, "127.0.0.1", port).build());
        for (int i = 0; i < DEVICES; i++) {
            manager.save(Device.builder("d" + i, "b")
                    .commandTopic(TopicTemplate.of("commands/{device_id}"))
                    .build());
        }
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        OutboxProcess host = new OutboxProcess(arguments[0], Integer.parseInt(arguments[1]));
        new Commands()
                .on("await", words -> host.await())
                .on("settings", words -> host.settings())
                .on("run", words -> host.run(Integer.parseInt(words[1]), Integer.parseInt(words[2])))
                .serve();
        host.manager.close();
        System.exit(0);
    }

    private String await() throws InterruptedException {
        for (int i = 0; i < 3_000; i++) {
            if (manager.status(BROKER).map(BrokerStatus::isConnected).orElse(false)) {
                return "connected=1";
            }
            Thread.sleep(10);
        }
        return "failed: not connected";
    }

    /** What the database itself says of its promises. */
    private String settings() throws SQLException {
        return "fsync=" + sql("show fsync") + " synchronous_commit=" + sql("show synchronous_commit") + " version="
                + sql("show server_version").split(" ")[0];
    }

    private String sql(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    /** So many commands, so many in a transaction, on one thread; until each is confirmed by the broker and removed. */
    private String run(int count, int together) throws Exception {
        long before = confirmed.get();
        long began = System.nanoTime();
        for (int i = 0; i < count; i += together) {
            int from = i;
            session.run(() -> {
                for (int j = from; j < Math.min(count, from + together); j++) {
                    manager.enqueue(
                            DeviceId.of("d" + j % DEVICES),
                            OutboundPublish.builder().payload(payload).build());
                }
                return true;
            });
        }
        long committed = System.nanoTime();
        while (confirmed.get() - before < count && System.nanoTime() - began < 300e9) {
            Thread.sleep(1);
        }
        long answered = System.nanoTime();
        String left = sql("select count(*) from mqtt_manager_outbox");
        for (int i = 0; i < 1_000 && !left.equals("0"); i++) {
            Thread.sleep(5);
            left = sql("select count(*) from mqtt_manager_outbox");
        }
        long ended = System.nanoTime();
        return "committed_s=" + (committed - began) / 1e9 + " confirmed_s=" + (answered - began) / 1e9 + " removed_s="
                + (ended - began) / 1e9 + " confirmed=" + (confirmed.get() - before) + " failed=" + failed.get()
                + " left=" + left;
    }
}
