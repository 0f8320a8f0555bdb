package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM with a fresh 96-bit initialization vector per secret. What is stored reads {@code v1:key id:Base64}, the latter of vector,
 * ciphertext and tag; version, key id and context are authenticated with it. Seals with the active key of the ring and opens with
 * any of them. This class is thread-safe.
 */
public final class AesGcmSecretCipher implements SecretCipher {
    private static final String VERSION = "v1";
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySource source;

    /** @param source {@link SecretKeys}, or where they come from if they change while the process runs */
    public AesGcmSecretCipher(SecretKeySource source) {
        this.source = source;
    }

    @Override
    public String seal(Secret plain, String context) {
        byte[] bytes = plain.reveal();
        byte[] iv = new byte[IV_BYTES];
        RANDOM.nextBytes(iv);
        SecretKeys keys = source.keys();
        String keyId = keys.activeId();
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, keys.active(), iv, keyId, context);
            byte[] sealed = Arrays.copyOf(iv, IV_BYTES + cipher.getOutputSize(bytes.length));
            cipher.doFinal(bytes, 0, bytes.length, sealed, IV_BYTES);
            return prefix(keyId) + Base64.getEncoder().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM is not available", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public Secret open(String sealed, String context) throws GeneralSecurityException {
        String[] parts = sealed.split(":", -1);
        if (parts.length != 3 || !parts[0].equals(VERSION)) {
            throw new GeneralSecurityException("not sealed by this cipher");
        }
        @Nullable SecretKey key = source.keys().find(parts[1]);
        if (key == null) {
            throw new InvalidKeyException("key " + printable(parts[1]) + " is not in the key ring");
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(parts[2]);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("not sealed by this cipher");
        }
        if (bytes.length < IV_BYTES + TAG_BITS / 8) {
            throw new AEADBadTagException("too short to be sealed by this cipher");
        }
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(bytes, IV_BYTES), parts[1], context);
        byte[] plain = cipher.doFinal(bytes, IV_BYTES, bytes.length - IV_BYTES);
        try {
            return Secret.of(plain);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    @Override
    public boolean isCurrent(String sealed) {
        return sealed.startsWith(prefix(source.keys().activeId()));
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] iv, String keyId, String context)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD((prefix(keyId) + context).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static String prefix(String keyId) {
        return VERSION + ":" + keyId + ":";
    }

    private static String printable(String keyId) {
        return keyId.matches(SecretKeys.ID) ? keyId : "with an invalid name";
    }
}
