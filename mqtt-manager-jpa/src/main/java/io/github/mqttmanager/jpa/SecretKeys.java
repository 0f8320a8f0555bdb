package io.github.mqttmanager.jpa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
public final class SecretKeys {
    static final String ID = "[A-Za-z0-9_-]{1,32}";
    private static final int KEY_BYTES = 32;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final String activeId;
    private final Map<String, SecretKey> keys;

    private SecretKeys(Map<String, byte[]> given) {
        if (given.isEmpty()) {
            throw new IllegalArgumentException("key ring must hold a key");
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
        for (String line : text.split("[\\r\\n,]+")) {
            String entry = line.strip();
            if (entry.isEmpty() || entry.startsWith("#")) {
                continue;
            }
            int end = entry.indexOf('=');
            if (end < 1) {
                throw new IllegalArgumentException("each key must read id=Base64 of 32 bytes");
            }
            String id = entry.substring(0, end).strip();
            byte[] key = bytes(entry.substring(end + 1).strip());
            if (found.put(id, key) != null) {
                throw new IllegalArgumentException("a key id occurs twice");
            }
        }
        return new SecretKeys(found);
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // the cause would show a part of the key
            throw new IllegalArgumentException("each key must read id=Base64 of 32 bytes");
        }
    }

    /**
     * The ring in the file.
     *
     * @throws IllegalArgumentException if it is none, or others than its owner have access to it
     * @throws UncheckedIOException if it cannot be read
     */
    public static SecretKeys fromFile(Path file) {
        try {
            if (posix() && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
                throw new IllegalArgumentException(
                        "key file " + file + " must be readable by its owner only (chmod 600)");
            }
            return fromText(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("key file " + file + " cannot be read", e);
        }
    }

    /**
     * As {@link #fromFile}; where the file is absent, it is made with a random key, readable by its owner only. Back it up: without
     * it, the secrets in the database are lost.
     */
    public static SecretKeys fromFileOrCreate(Path file) {
        if (Files.notExists(file)) {
            try {
                Path written = write(file, newLine());
                try {
                    // fails where another process was faster, whose key then holds
                    Files.createLink(file, written);
                } finally {
                    Files.delete(written);
                }
            } catch (FileAlreadyExistsException e) {
                return fromFile(file);
            } catch (IOException e) {
                throw new UncheckedIOException("key file " + file + " cannot be made", e);
            }
        }
        return fromFile(file);
    }

    /**
     * Puts a new random key first in the file and keeps the others. Afterwards call {@link JpaBrokerRepository#resealSecrets}; then
     * the older keys can be removed.
     *
     * @return the ring that the file holds now
     */
    public static SecretKeys rotateFile(Path file) {
        fromFile(file);
        try {
            Path written = write(file, newLine() + Files.readString(file, StandardCharsets.UTF_8));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("key file " + file + " cannot be changed", e);
        }
        return fromFile(file);
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

    private static Path write(Path beside, String content) throws IOException {
        Path directory = beside.toAbsolutePath().getParent();
        Path written = Files.createTempFile(directory, ".keys", ".tmp", ownerOnly());
        try {
            Files.writeString(written, content, StandardCharsets.UTF_8);
        } catch (IOException e) {
            Files.delete(written);
            throw e;
        }
        return written;
    }

    private static FileAttribute<?>[] ownerOnly() {
        return posix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    private static boolean posix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    private static String newLine() {
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

    String activeId() {
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
