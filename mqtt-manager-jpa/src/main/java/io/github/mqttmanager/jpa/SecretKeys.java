package io.github.mqttmanager.jpa;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A ring of keys: the active one encrypts, the others are kept for what they once encrypted. Never printed. Immutable.
 *
 * <p>As text, in a file or in a variable of the environment, it is one key a line or separated by commas, the active one first:
 * {@code id=Base64 of 32 bytes}. Lines that begin with {@code #} are comments.
 *
 * <pre>
 * # 2026-11, made by: openssl rand -base64 32
 * k2=...
 * # 2026-02, to be removed after resealSecrets()
 * k1=...
 * </pre>
 */
public final class SecretKeys implements SecretKeySource {
    static final String ID = "[A-Za-z0-9_-]{1,32}";
    private static final int KEY_BYTES = 32;
    private static final String FORM =
            "each line must read id=Base64 of 32 bytes, made for example by: echo \"k1=$(openssl rand -base64 32)\"";

    private final String activeId;
    private final Map<String, SecretKey> keys;

    private SecretKeys(Map<String, byte[]> given) {
        if (given.isEmpty()) {
            throw new IllegalArgumentException("a key ring needs a key: " + FORM);
        }
        Map<String, SecretKey> copies = new LinkedHashMap<>();
        given.forEach((id, bytes) -> {
            if (!id.matches(ID)) {
                throw new IllegalArgumentException("key id must have 1 to 32 characters of A-Z a-z 0-9 _ -");
            }
            if (bytes.length != KEY_BYTES) {
                throw new IllegalArgumentException(
                        "key " + id + " must have " + KEY_BYTES + " bytes, not " + bytes.length);
            }
            copies.put(id, new SecretKeySpec(bytes, "AES"));
        });
        keys = copies;
        activeId = copies.keySet().iterator().next();
    }

    /** One key of 32 bytes. */
    public static SecretKeys of(String id, byte[] key) {
        return new SecretKeys(Map.of(id, key));
    }

    /**
     * The ring in the text.
     *
     * @throws IllegalArgumentException if it is none; the message says nothing of the keys
     */
    public static SecretKeys fromText(String text) {
        Map<String, byte[]> found = new LinkedHashMap<>();
        for (String entry : entries(text)) {
            if (entry.startsWith("#")) {
                continue;
            }
            int end = entry.indexOf('=');
            if (end < 1) {
                throw new IllegalArgumentException(FORM);
            }
            String id = entry.substring(0, end).strip();
            byte[] key = bytes(entry.substring(end + 1).strip());
            if (found.put(id, key) != null) {
                throw new IllegalArgumentException("a key id occurs twice");
            }
        }
        return new SecretKeys(found);
    }

    /** The keys and comments of a text. */
    static List<String> entries(String text) {
        return text.lines()
                .map(String::strip)
                .flatMap(line -> line.startsWith("#") ? Stream.of(line) : Stream.of(line.split(",")))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    /** Whether the entry is the key of this id. */
    static boolean isOf(String entry, String id) {
        int end = entry.indexOf('=');
        return end > 0
                && !entry.startsWith("#")
                && entry.substring(0, end).strip().equals(id);
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // the cause would show a part of the key
            throw new IllegalArgumentException(FORM);
        }
    }

    /** This ring with another key that is the active one from now on. */
    public SecretKeys withActive(String id, byte[] key) {
        if (keys.containsKey(id)) {
            throw new IllegalArgumentException("key " + id + " is in the ring already");
        }
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put(id, key);
        keys.forEach((known, secret) -> all.put(known, secret.getEncoded()));
        return new SecretKeys(all);
    }

    /** An entry with a new random key, and the end of the line. */
    static String randomLine() {
        SecureRandom random = new SecureRandom();
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        try {
            return "k" + Integer.toUnsignedString(random.nextInt(), 36) + "="
                    + Base64.getEncoder().encodeToString(key) + "\n";
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    @Override
    public SecretKeys keys() {
        return this;
    }

    /** Which key seals. */
    public String activeId() {
        return activeId;
    }

    SecretKey active() {
        SecretKey key = keys.get(activeId);
        if (key == null) {
            throw new IllegalStateException("the active key is not in the ring");
        }
        return key;
    }

    @Nullable
    SecretKey find(String id) {
        return keys.get(id);
    }

    /** The ids of the keys, the active one first. */
    @Override
    public String toString() {
        return "SecretKeys" + keys.keySet();
    }
}
