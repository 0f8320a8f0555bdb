package io.github.mqttmanager.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A secret that is made to be recognised: a test gives it to the application, then looks for it in whatever the application keeps or says, plain,
 * in Base64 at any alignment and of both alphabets, in hexadecimal of both cases, backwards, and in characters of two bytes. Show that a search
 * works by having it find one that was planted openly.
 *
 * <p>Where the system property {@value #FILE} names a file, each generated secret is added to it, so that the logs and reports of a whole build
 * can be searched afterwards. Immutable.
 */
public final class Canary {
    /** The system property that names the file. */
    public static final String FILE = "canaries";

    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String text;
    private final Map<String, String> forms = new LinkedHashMap<>();

    private Canary(String text) {
        this.text = text;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String hex = HexFormat.of().formatHex(bytes);
        forms.put("plain", text);
        forms.put("backwards", new StringBuilder(text).reverse().toString());
        forms.put("hexadecimal", hex);
        forms.put("hexadecimal in capitals", hex.toUpperCase(Locale.ROOT));
        for (int shift = 0; shift < 3; shift++) {
            byte[] shifted = new byte[shift + bytes.length];
            System.arraycopy(bytes, 0, shifted, shift, bytes.length);
            String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            // the first and the last characters depend on the neighbours
            String inner =
                    encoded.substring(shift == 0 ? 0 : shift + 1, encoded.length() - (shifted.length % 3 == 0 ? 0 : 1));
            forms.put("Base64 after " + shift, inner);
            forms.put("Base64 for URLs after " + shift, inner.replace('+', '-').replace('/', '_'));
        }
    }

    /** A new one, of letters, digits and hyphens, such as {@code canary-password-h3Kz…}; not longer than 24 characters and its kind. */
    public static Canary generate(String kind) {
        StringBuilder made = new StringBuilder("canary-").append(kind).append('-');
        for (int i = 0; i < 16; i++) {
            made.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        Canary canary = new Canary(made.toString());
        String file = System.getProperty(FILE);
        if (file != null) {
            try {
                Path list = Path.of(file);
                Files.createDirectories(list.toAbsolutePath().getParent());
                Files.writeString(list, canary.text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return canary;
    }

    /** One that was made before. @throws IllegalArgumentException if it is too short to be recognised */
    public static Canary of(String text) {
        if (text.length() < 12) {
            throw new IllegalArgumentException("a canary must have at least 12 characters");
        }
        return new Canary(text);
    }

    /** The secret. */
    public String text() {
        return text;
    }

    /** The form in which it is there, if it is. */
    public Optional<String> in(String content) {
        return forms.entrySet().stream()
                .filter(form -> content.contains(form.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The form in which it is there, if it is. */
    public Optional<String> in(byte[] content) {
        String narrow = new String(content, StandardCharsets.ISO_8859_1);
        return in(narrow).or(() -> in(narrow.replace("\0", "")).map(form -> form + ", two bytes a character"));
    }

    /** The files of the directory and of those in it that hold it, each with the form. */
    public List<String> filesIn(Path directory) {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try {
                    in(Files.readAllBytes(file)).ifPresent(form -> found.add(file + " (" + form + ")"));
                } catch (NoSuchFileException e) {
                    // gone in the meantime
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Not the secret. */
    @Override
    public String toString() {
        return "Canary";
    }
}
