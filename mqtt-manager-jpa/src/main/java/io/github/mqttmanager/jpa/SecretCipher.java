package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.Secret;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;

/**
 * Encrypts what is stored of passwords and keys. {@link AesGcmSecretCipher} is the default; a host may supply its own, such as one
 * that asks a key service. Called by any thread, several at a time.
 */
public interface SecretCipher {
    /**
     * Encrypts.
     *
     * @param context says what the secret belongs to: table, row, owner and field. The same must be given to open it again, so what
     *     was copied to another place cannot be opened there
     * @return text without line breaks, not longer than twice the secret and 200 characters
     * @throws SecretKeyMissingException if there is no key to encrypt with
     */
    String seal(Secret plain, String context);

    /**
     * Decrypts.
     *
     * @throws GeneralSecurityException if it was not sealed by this cipher's keys, not for this context, or was altered; the message
     *     says nothing of the content
     */
    Secret open(String sealed, String context) throws GeneralSecurityException;

    /** Whether it was sealed with the key that is now used for sealing; otherwise it should be sealed again before that key goes. */
    default boolean isCurrent(String sealed) {
        return true;
    }

    /** Of a host without a key: stores no secret and reads none. Definitions without secrets are not concerned. */
    static SecretCipher refusing() {
        return new SecretCipher() {
            @Override
            public String seal(Secret plain, String context) {
                throw new SecretKeyMissingException();
            }

            @Override
            public Secret open(String sealed, String context) throws GeneralSecurityException {
                throw new InvalidKeyException("no key for secrets is configured");
            }
        };
    }
}
