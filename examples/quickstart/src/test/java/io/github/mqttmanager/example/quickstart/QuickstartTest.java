package io.github.mqttmanager.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class QuickstartTest {
    @Test
    void theExampleSaysWhatItPromises() throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            Quickstart.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("boiler says 78.5", "pump says 1400", "devices/boiler/commands hears on", "CONNECTED");
    }

    @Test
    void theExampleIsShort() throws Exception {
        Path source = Path.of("src/main/java/io/github/mqttmanager/example/quickstart/Quickstart.java");
        assertThat(Files.readAllLines(source)).hasSizeLessThan(60);
    }
}
