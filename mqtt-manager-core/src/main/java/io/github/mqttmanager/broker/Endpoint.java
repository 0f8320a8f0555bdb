package io.github.mqttmanager.broker;

import java.util.regex.Pattern;

/**
 * A host and port at which a broker listens.
 *
 * @param host a host name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65,535
 */
public record Endpoint(String host, int port) {
    // Letters of other scripts are left to IDN; what URLs, users and shells put beside a host is not.
    private static final Pattern NAME = Pattern.compile(
            "(?=.{1,253}$)[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}_])?(?:\\.[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}_])?)*\\.?");
    private static final Pattern IPV6 = Pattern.compile("(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]{2,45}(?:%[0-9A-Za-z]{1,15})?");

    /** @throws IllegalArgumentException if the host is no host name or address, or the port is out of range */
    public Endpoint {
        Checks.text(host, "host", 253);
        if (host.contains("://")) {
            throw new IllegalArgumentException("host must be a host name or address without a scheme");
        }
        boolean address = host.indexOf(':') >= 0 && IPV6.matcher(host).matches();
        if (!address && !NAME.matcher(host).matches()) {
            throw new IllegalArgumentException("host must be a host name or address, without spaces, port or path");
        }
        Checks.range(port, "port", 1, 65_535);
    }

    public static Endpoint of(String host, int port) {
        return new Endpoint(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
