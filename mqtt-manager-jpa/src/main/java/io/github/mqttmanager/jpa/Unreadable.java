package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.UnreadableDefinition;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is said of rows that cannot be read. */
final class Unreadable {
    private Unreadable() {}

    /** @param missing the secrets that cannot be opened, with the reasons */
    static UnreadableDefinition secrets(MqttManagerBroker row, Map<String, GeneralSecurityException> missing) {
        Map<String, GeneralSecurityException> ordered = new TreeMap<>(missing);
        String reasons =
                ordered.values().stream().map(Unreadable::reason).distinct().collect(Collectors.joining("; "));
        String fields = String.join(", ", ordered.keySet());
        boolean keyMissing = ordered.values().stream().anyMatch(InvalidKeyException.class::isInstance);
        return of(
                row,
                List.copyOf(ordered.keySet()),
                fields + " of " + broker(row) + " cannot be decrypted: " + reasons,
                (keyMissing ? "Put the key back into the key ring" : "Restore the row and the key it was stored with")
                        + ", or enter " + fields + " again");
    }

    private static String reason(GeneralSecurityException e) {
        return e instanceof InvalidKeyException
                ? String.valueOf(e.getMessage())
                : "it was altered or moved, or its key was another one of this name";
    }

    static UnreadableDefinition row(MqttManagerBroker row, RuntimeException e) {
        return of(
                row,
                List.of(),
                "The row of " + broker(row) + " cannot be read: " + e.getMessage(),
                "Correct the row in the database, or delete the broker");
    }

    private static UnreadableDefinition of(MqttManagerBroker row, List<String> secrets, String message, String remedy) {
        return new UnreadableDefinition(BrokerId.of(row.id), row.name, row.owner, row.active, secrets, message, remedy);
    }

    /** The name as it is stored, which somebody may have written by SQL: nothing that forges a line of a log. */
    private static String broker(MqttManagerBroker row) {
        return "broker " + row.id + " (" + row.name.replaceAll("\\p{C}", " ") + ")";
    }
}
