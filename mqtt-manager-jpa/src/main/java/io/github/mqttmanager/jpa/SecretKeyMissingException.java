package io.github.mqttmanager.jpa;

/** A secret cannot be stored, for there is no key to encrypt it with. Configure one: secrets are never stored in clear. */
public class SecretKeyMissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SecretKeyMissingException() {
        super("passwords and private keys cannot be stored, because no key to encrypt them with is configured:"
                + " give the repository an AesGcmSecretCipher, with Spring Boot set mqtt-manager.secrets.key-file or"
                + " mqtt-manager.secrets.keys");
    }
}
