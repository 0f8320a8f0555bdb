package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CanaryTest {
    private final Canary canary = Canary.generate("test");

    @Test
    void isFoundInEveryForm() {
        String text = canary.text();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(canary.in("a log line with " + text + ".")).contains("plain");
        assertThat(canary.in(new StringBuilder(text).reverse().toString())).contains("backwards");
        assertThat(canary.in("x" + HexFormat.of().formatHex(bytes))).contains("hexadecimal");
        assertThat(canary.in(HexFormat.of().withUpperCase().formatHex(bytes))).contains("hexadecimal in capitals");
        for (String before : new String[] {"", "?", "??", "???", "~~~~"}) {
            for (String after : new String[] {"", "?", "??", "???"}) {
                byte[] whole = (before + text + after).getBytes(StandardCharsets.UTF_8);
                assertThat(canary.in(Base64.getEncoder().encodeToString(whole))).isPresent();
                assertThat(canary.in(Base64.getUrlEncoder().encodeToString(whole)))
                        .isPresent();
            }
        }
        assertThat(canary.in(text.getBytes(StandardCharsets.UTF_16LE))).isPresent();
        assertThat(canary.in(text.getBytes(StandardCharsets.UTF_16BE))).isPresent();
        assertThat(canary.in(("\u00e9" + text).getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    @Test
    void isNotFoundWhereItIsNot() {
        assertThat(canary.in("nothing")).isEmpty();
        assertThat(canary.in(Canary.generate("test").text())).isEmpty();
        assertThat(canary.in(new byte[100])).isEmpty();
    }

    @Test
    void isFoundInFiles(@TempDir Path directory) throws IOException {
        Path file = Files.createDirectories(directory.resolve("a/b")).resolve("planted");
        Files.writeString(file, "xx" + canary.text());
        Files.writeString(directory.resolve("innocent"), "nothing");
        assertThat(canary.filesIn(directory)).containsExactly(file + " (plain)");
    }

    @Test
    void isNotPrinted() {
        assertThat(canary.in(canary.toString())).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> Canary.of("short"));
        assertThat(Canary.of(canary.text()).in(canary.text())).isPresent();
    }

    @Test
    void isListedForTheSearchAfterTheBuild() throws IOException {
        String file = System.getProperty(Canary.FILE);
        assertThat(file).as("the build names a file").isNotNull();
        assertThat(Path.of(file)).content().contains(canary.text());
    }
}
