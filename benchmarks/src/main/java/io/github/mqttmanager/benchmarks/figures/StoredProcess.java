package io.github.mqttmanager.benchmarks.figures;

import io.github.mqttmanager.MqttManager;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.connection.BrokerStatus;
import io.github.mqttmanager.connection.ConnectionListener;
import io.github.mqttmanager.jpa.AesGcmSecretCipher;
import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.JpaDeviceRepository;
import io.github.mqttmanager.jpa.MqttManagerEntities;
import io.github.mqttmanager.jpa.PlainJpaSession;
import io.github.mqttmanager.jpa.SecretKeyFile;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A host application whose brokers and devices are in PostgreSQL when it starts. */
final class StoredProcess {
    private static final long LIMIT = TimeUnit.MINUTES.toNanos(5);

    private final PlainJpaSession session;
    private final JpaBrokerRepository brokers;
    private final JpaDeviceRepository devices;
    private final MqttManager manager;

    private StoredProcess(String url, Path keys) {
        session = session(url);
        brokers = new JpaBrokerRepository(session, new AesGcmSecretCipher(SecretKeyFile.of(keys)));
        devices = new JpaDeviceRepository(session);
        manager = MqttManager.builder()
                .handler((device, publish) -> {})
                .transactions(session)
                .brokers(brokers)
                .devices(devices)
                .build();
    }

    static PlainJpaSession session(String url) {
        PersistenceConfiguration configuration = new PersistenceConfiguration("stored")
                .property("jakarta.persistence.jdbc.url", url)
                .property("hibernate.jdbc.batch_size", "100");
        MqttManagerEntities.classes().forEach(configuration::managedClass);
        EntityManagerFactory factory = configuration.createEntityManagerFactory();
        return new PlainJpaSession(factory);
    }

    public static void main(String[] arguments) throws IOException {
        StoredProcess host = new StoredProcess(arguments[0], Path.of(arguments[1]));
        new Commands()
                .on("ready", words -> "brokers=" + host.brokers.page(null, 1).size())
                .on("heap", words -> "used=" + Jvm.usedHeap())
                .on("peak", words -> "used=" + Jvm.peakHeap())
                .on("start", words -> host.start(Integer.parseInt(words[1]), Integer.parseInt(words[2])))
                .serve();
        host.manager.close();
        System.exit(0);
    }

    /** Until all is loaded and so many brokers are connected: each with an id that is a multiple. */
    private String start(int reachable, int apart) throws InterruptedException {
        Set<BrokerId> missing = ConcurrentHashMap.newKeySet();
        for (int i = 1; i <= reachable; i++) {
            missing.add(BrokerId.of(String.valueOf(i * apart)));
        }
        CompletableFuture<Long> connected = new CompletableFuture<>();
        manager.addListener(new ConnectionListener() {
            @Override
            public void statusChanged(BrokerStatus now) {
                if (now.isConnected() && missing.remove(now.broker()) && missing.isEmpty()) {
                    connected.complete(System.nanoTime());
                }
            }
        });
        long cpuBefore = Jvm.cpuNanos();
        long began = System.nanoTime();
        manager.start();
        long returned = System.nanoTime() - began;
        while (!manager.isLoaded() && System.nanoTime() - began < LIMIT) {
            Thread.sleep(5);
        }
        long loaded = System.nanoTime() - began;
        long cpu = Jvm.cpuNanos() - cpuBefore;
        try {
            long all = connected.get(LIMIT, TimeUnit.NANOSECONDS) - began;
            return "returned_us=" + returned / 1_000 + " loaded_s=" + loaded / 1e9 + " connected_s=" + all / 1e9
                    + " loaded_cpu_s=" + cpu / 1e9 + " brokers="
                    + manager.statuses().size();
        } catch (ExecutionException | TimeoutException e) {
            return "failed: " + manager.statuses().size() + " brokers are loaded and " + missing.size()
                    + " not connected";
        }
    }
}
