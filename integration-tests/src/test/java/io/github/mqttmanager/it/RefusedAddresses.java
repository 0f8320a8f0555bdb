package io.github.mqttmanager.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Addresses that are not the public internet, and the ways in which they can be written. */
final class RefusedAddresses {
    private RefusedAddresses() {}

    static List<String> all() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(RefusedAddresses.class.getResourceAsStream("/refused-addresses.txt")),
                StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether some take it for this address, and others for another, or none. */
    static boolean isAmbiguous(String notation) {
        return notation.indexOf(':') < 0 && !notation.matches("([1-9]\\d*|0)(\\.([1-9]\\d*|0)){3}");
    }

    /** At least three that are not ambiguous, and others. */
    static List<String> notations(String address) {
        try {
            Set<String> notations = new LinkedHashSet<>();
            notations.add(address);
            // A name is not looked up: these are all literals.
            byte[] bytes = InetAddress.getByName(address).getAddress();
            if (InetAddress.getByName(address) instanceof Inet4Address) {
                ofVersion4(bytes, notations);
            } else {
                ofVersion6(bytes, notations);
            }
            return new ArrayList<>(notations);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    private static void ofVersion4(byte[] bytes, Set<String> notations) {
        int a = bytes[0] & 255;
        int b = bytes[1] & 255;
        int c = bytes[2] & 255;
        int d = bytes[3] & 255;
        long whole = new BigInteger(1, bytes).longValueExact();
        notations.add(String.valueOf(whole));
        notations.add("0x" + Long.toHexString(whole));
        notations.add("0" + Long.toOctalString(whole));
        notations.add(String.format("0%o.0%o.0%o.0%o", a, b, c, d));
        notations.add(String.format("0x%x.0x%x.0x%x.0x%x", a, b, c, d));
        notations.add(a + "." + (whole & 0xffffff));
        notations.add(a + "." + b + "." + (whole & 0xffff));
        notations.add(String.format("%03d.%03d.%03d.%03d", a, b, c, d));
        String dotted = a + "." + b + "." + c + "." + d;
        notations.add(dotted + ".");
        notations.add("::ffff:" + dotted);
        notations.add("::FFFF:" + dotted);
        notations.add(String.format("::ffff:%x:%x", whole >> 16, whole & 0xffff));
        notations.add(String.format("0000:0000:0000:0000:0000:ffff:%04X:%04X", whole >> 16, whole & 0xffff));
        notations.add("0:0:0:0:0:ffff:" + dotted);
        notations.add("64:ff9b::" + dotted);
    }

    private static void ofVersion6(byte[] bytes, Set<String> notations) {
        List<String> groups = new ArrayList<>();
        List<String> full = new ArrayList<>();
        for (int i = 0; i < 16; i += 2) {
            int group = (bytes[i] & 255) << 8 | bytes[i + 1] & 255;
            groups.add(Integer.toHexString(group));
            full.add(String.format("%04X", group));
        }
        String written = String.join(":", groups);
        notations.add(written);
        notations.add(String.join(":", full));
        notations.add(String.join(":", full).toLowerCase(Locale.ROOT));
        notations.add(written.toUpperCase(Locale.ROOT));
        notations.add(String.join(":", groups.subList(0, 6))
                + String.format(":%d.%d.%d.%d", bytes[12] & 255, bytes[13] & 255, bytes[14] & 255, bytes[15] & 255));
        notations.add(written + "%1");
        notations.add(written + "%lo");
    }
}
