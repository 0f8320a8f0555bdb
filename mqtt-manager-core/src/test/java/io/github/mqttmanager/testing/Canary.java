package io.github.mqttmanager.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A secret that is planted, and looked for in whatever is printed. */
public final class Canary {
    /** Long enough that no other text holds it, or any form of it, by chance. */
    public static final String TEXT = "cAnAry-53cr3t-7Qx9zW";

    static {
        // for the search in the build's logs and reports
        String file = System.getProperty("canaries");
        if (file != null) {
            try {
                Files.writeString(Path.of(file), TEXT + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Canary() {}

    /** The forms of the secret that the text holds: plain, Base64 at any offset, hexadecimal. */
    public static List<String> in(String text) {
        return in(text, TEXT);
    }

    /** As {@link #in(String)}, of another secret. */
    public static List<String> in(String text, String secret) {
        String lower = text.toLowerCase(Locale.ROOT);
        return forms(secret)
                .filter(form -> text.contains(form) || lower.contains(form.toLowerCase(Locale.ROOT)))
                .toList();
    }

    private static Stream<String> forms(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return Stream.concat(
                Stream.of(
                        secret,
                        HexFormat.of().formatHex(bytes),
                        HexFormat.ofDelimiter(":").formatHex(bytes)),
                Stream.of(0, 1, 2).map(offset -> encoded(bytes, offset)));
    }

    /** What is the same in Base64 whatever stands before and after the secret. */
    private static String encoded(byte[] bytes, int offset) {
        byte[] shifted = new byte[offset + bytes.length];
        System.arraycopy(bytes, 0, shifted, offset, bytes.length);
        String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
        int from = offset == 0 ? 0 : offset + 1;
        return text.substring(from, text.length() - (shifted.length % 3 == 0 ? 0 : 1));
    }
}
