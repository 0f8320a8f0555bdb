package io.github.mqttmanager.connection;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** The ranges that are not the public internet (the IANA special-purpose registries, and one cloud's metadata address). */
final class AddressRanges {
    private record Range(byte[] prefix, int bits) {
        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> (i % 8);
                if ((address[i / 8] & mask) != (prefix[i / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Range> REFUSED = List.of(
            // this network, private, shared, loopback, link-local and metadata
            v4(8, 0),
            v4(8, 10),
            v4(10, 100, 64),
            v4(8, 127),
            v4(16, 169, 254),
            v4(12, 172, 16),
            v4(16, 192, 168),
            v4(32, 168, 63, 129, 16),
            // protocol assignments, documentation, relays of 6to4, benchmarking
            v4(24, 192, 0, 0),
            v4(24, 192, 0, 2),
            v4(24, 192, 88, 99),
            v4(15, 198, 18),
            v4(24, 198, 51, 100),
            v4(24, 203, 0, 113),
            // multicast, reserved and broadcast
            v4(4, 224),
            v4(4, 240),
            // protocol assignments, with Teredo and benchmarking; documentation; 6to4
            v6(23, 0x2001, 0),
            v6(32, 0x2001, 0xdb8),
            v6(20, 0x3fff),
            v6(16, 0x2002));

    /** All that was ever given out of IPv6 for use on the internet. */
    private static final Range GLOBAL_UNICAST = v6(3, 0x2000);

    private static final Range MAPPED = v6(96, 0, 0, 0, 0, 0, 0xffff);
    private static final Range NAT64 = v6(96, 0x64, 0xff9b);

    private AddressRanges() {}

    static boolean isPublic(InetAddress address) {
        return isPublic(address.getAddress());
    }

    private static boolean isPublic(byte[] address) {
        if (REFUSED.stream().anyMatch(range -> range.contains(address))) {
            return false;
        }
        if (address.length == 4) {
            return true;
        }
        // An IPv4 address inside an IPv6 one is reached through it.
        if (MAPPED.contains(address) || NAT64.contains(address)) {
            return isPublic(Arrays.copyOfRange(address, 12, 16));
        }
        return GLOBAL_UNICAST.contains(address)
                && (!isIsatap(address) || isPublic(Arrays.copyOfRange(address, 12, 16)));
    }

    /** Its last half says that an IPv4 address follows (RFC 5214). */
    private static boolean isIsatap(byte[] address) {
        return (address[8] & ~3) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == (byte) 0xfe;
    }

    private static Range v4(int bits, int... octets) {
        byte[] prefix = new byte[4];
        for (int i = 0; i < octets.length; i++) {
            prefix[i] = (byte) octets[i];
        }
        return new Range(prefix, bits);
    }

    private static Range v6(int bits, int... groups) {
        byte[] prefix = new byte[16];
        for (int i = 0; i < groups.length; i++) {
            prefix[2 * i] = (byte) (groups[i] >> 8);
            prefix[2 * i + 1] = (byte) groups[i];
        }
        return new Range(prefix, bits);
    }
}
