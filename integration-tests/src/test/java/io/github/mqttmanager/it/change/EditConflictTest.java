package io.github.mqttmanager.it.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.DeviceId;
import io.github.mqttmanager.it.recording.JavaProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that edit the same at the same time. */
@Timeout(180)
class EditConflictTest {
    private static final int ROUNDS = 30;

    @TempDir
    private Path folder;

    /** Also where the database finds conflicts by itself, at its stricter levels of isolation. */
    @Test
    void ofTwoProcessesOneWinsAndTheOtherIsToldOfTheConflict() throws Exception {
        try (SharedDatabase database = SharedDatabase.start(folder.resolve("data"));
                SharedDatabase.Repositories here = new SharedDatabase.Repositories(database.url())) {
            boolean first = true;
            for (String isolation : List.of("read committed", "serializable")) {
                String url = database.url() + "&options=-c%20default_transaction_isolation="
                        + isolation.replace(" ", "%5C%20");
                try (JavaProcess left = editor(url);
                        JavaProcess right = editor(url)) {
                    if (first) {
                        assertThat(left.ask("broker b 1 client")).isEqualTo("done");
                        assertThat(left.ask("device d b")).isEqualTo("done");
                        first = false;
                    }
                    for (int round = 0; round < ROUNDS; round++) {
                        long broker = here.brokers
                                .find(BrokerId.of("b"))
                                .orElseThrow()
                                .version();
                        race(left, right, "name b " + broker, "conflict b");
                        assertThat(here.brokers
                                        .find(BrokerId.of("b"))
                                        .orElseThrow()
                                        .version())
                                .isEqualTo(broker + 1);
                        long device = here.devices
                                .find(DeviceId.of("d"))
                                .orElseThrow()
                                .version();
                        race(left, right, "device-name d " + device, "conflict d");
                        assertThat(here.devices
                                        .find(DeviceId.of("d"))
                                        .orElseThrow()
                                        .version())
                                .isEqualTo(device + 1);
                        race(
                                left,
                                right,
                                "device new-" + isolation.charAt(0) + round + " b",
                                "conflict new-" + isolation.charAt(0) + round);
                    }
                }
            }
        }
    }

    private static void race(JavaProcess left, JavaProcess right, String edit, String conflict) {
        left.tell(edit.startsWith("device ") ? edit : edit + " left");
        right.tell(edit.startsWith("device ") ? edit : edit + " right");
        assertThat(List.of(left.answer(), right.answer())).as(edit).containsExactlyInAnyOrder("done", conflict);
    }

    private JavaProcess editor(String url) {
        JavaProcess editor = JavaProcess.start(folder.resolve("editor.err"), Editor.class, url);
        assertThat(editor.answer()).isEqualTo("ready");
        return editor;
    }
}
