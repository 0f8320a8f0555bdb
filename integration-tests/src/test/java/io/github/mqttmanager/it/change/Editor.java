package io.github.mqttmanager.it.change;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.Endpoint;
import io.github.mqttmanager.broker.VersionConflictException;
import io.github.mqttmanager.device.Device;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.it.recording.JavaProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another process that works on the same database and connects to no broker: with SQL, as a migration or a tool of an administrator does, and with
 * repositories of its own, as a second instance does. The argument is the URL of the database. Each line is one edit, answered when it is
 * committed by a line that begins with {@code done}, or that says what was refused.
 */
final class Editor implements AutoCloseable {
    private final String url;
    private final SharedDatabase.Repositories repositories;
    private @Nullable Connection late;

    private Editor(String url) {
        this.url = url;
        this.repositories = new SharedDatabase.Repositories(url);
    }

    public static void main(String[] arguments) throws Exception {
        JavaProcess.endInTime();
        PrintStream parent = JavaProcess.toParent();
        try (Editor editor = new Editor(arguments[0]);
                BufferedReader edits = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            parent.println("ready");
            for (String edit = edits.readLine(); edit != null; edit = edits.readLine()) {
                parent.println(editor.answer(edit));
            }
        }
        System.exit(0);
    }

    private String answer(String edit) {
        try {
            return edit(edit.split(" ", 2)[0], edit.split(" ", 2)[1]);
        } catch (VersionConflictException e) {
            return "conflict " + e.id();
        } catch (SQLException | RuntimeException e) {
            e.printStackTrace();
            return "failed " + e.toString().replace('\n', ' ');
        }
    }

    private String edit(String verb, String rest) throws SQLException {
        List<String> words = List.of(rest.split(" "));
        switch (verb) {
            case "sql" -> {
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement()) {
                    return "done " + statement.executeUpdate(rest);
                }
            }
            case "late" -> {
                late = DriverManager.getConnection(url);
                late.setAutoCommit(false);
                try (Statement statement = late.createStatement()) {
                    return "done " + statement.executeUpdate(rest);
                }
            }
            case "commit" -> {
                try (Connection connection = late) {
                    connection.commit();
                }
            }
            case "broker" ->
                repositories.brokers.save(
                        BrokerDefinition.builder(words.get(0), "127.0.0.1", Integer.parseInt(words.get(1)))
                                .clientIdentifier(words.get(2))
                                .build());
            case "endpoint" ->
                repositories.brokers.save(broker(words.get(0)).toBuilder()
                        .endpoints(List.of(Endpoint.of("127.0.0.1", Integer.parseInt(words.get(1)))))
                        .build());
            case "active" ->
                repositories.brokers.setActive(
                        BrokerId.of(words.get(0)), words.get(1).equals("true"));
            case "device" ->
                repositories.devices.save(
                        Device.builder(words.get(0), words.get(1)).build());
            case "delete" -> repositories.devices.delete(DeviceId.of(words.get(0)));
            case "name" ->
                // of a version that somebody else may have replaced meanwhile
                repositories.brokers.save(broker(words.get(0)).toBuilder()
                        .version(Long.parseLong(words.get(1)))
                        .name(words.get(2))
                        .build());
            case "device-name" ->
                repositories.devices.save(repositories.devices.find(DeviceId.of(words.get(0))).orElseThrow().toBuilder()
                        .version(Long.parseLong(words.get(1)))
                        .name(words.get(2))
                        .build());
            default -> throw new IllegalArgumentException(verb);
        }
        return "done";
    }

    private BrokerDefinition broker(String id) {
        return repositories.brokers.find(BrokerId.of(id)).orElseThrow();
    }

    @Override
    public void close() {
        repositories.close();
    }
}
