package io.github.mqttmanager.jpa;

import java.util.Arrays;

final class TestKeys {
    private TestKeys() {}

    static byte[] bytes(int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    static SecretCipher cipher() {
        return new AesGcmSecretCipher(SecretKeys.of("test", bytes(7)));
    }
}
