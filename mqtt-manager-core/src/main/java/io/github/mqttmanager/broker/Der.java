package io.github.mqttmanager.broker;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** As much of DER as it takes to put an older kind of private key into PKCS #8 (RFC 5208 section 5). */
final class Der {
    /** What says that a key is of RSA (RFC 8017 appendix A.1): rsaEncryption, without parameters. */
    static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

    /** id-ecPublicKey (RFC 5480 section 2.1.1). */
    private static final byte[] ELLIPTIC_CURVE = HexFormat.of().parseHex("06072a8648ce3d0201");

    private static final byte[] VERSION = {2, 1, 0};

    private Der() {}

    /** The same key as PKCS #8. */
    static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return value(0x30, VERSION, algorithm, value(0x04, key));
    }

    /**
     * What says of which curve a key is. The key names it itself (RFC 5915 section 3): version, private key, [0] curve, [1] public key.
     *
     * @throws IllegalArgumentException if it does not
     */
    static byte[] ellipticCurve(byte[] key) {
        try {
            int at = content(key, 0);
            at = end(key, at); // version
            at = end(key, at); // private key
            if (key[at] == (byte) 0xA0) {
                return value(0x30, ELLIPTIC_CURVE, Arrays.copyOfRange(key, content(key, at), end(key, at)));
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            // it ends before it should
        }
        throw new IllegalArgumentException("private key does not name its curve");
    }

    private static byte[] value(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        int length = content.size();
        if (length > 0x7F) {
            int bytes = length > 0xFFFF ? 3 : length > 0xFF ? 2 : 1;
            all.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                all.write(length >> (8 * i));
            }
        } else {
            all.write(length);
        }
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    /** Where the content of the value at this place begins. */
    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        return at + 2 + (first > 0x7F ? first & 0x7F : 0);
    }

    /** Where the next value begins. */
    private static int end(byte[] der, int at) {
        int begin = content(der, at);
        int length = der[at + 1] & 0xFF;
        if (length > 0x7F) {
            length = 0;
            for (int i = at + 2; i < begin; i++) {
                length = length << 8 | der[i] & 0xFF;
            }
        }
        return Objects.checkIndex(begin + length - 1, der.length) + 1;
    }
}
