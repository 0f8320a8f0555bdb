package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPolicyTest {
    private static final BrokerDefinition OWNED =
            BrokerDefinition.builder("b", "h", 1).owner("tenant").build();
    private static final BrokerDefinition OWN =
            BrokerDefinition.builder("b", "h", 1).build();

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(text, e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // "this" network, private, shared, loopback, link-local and metadata
                "0.0.0.0",
                "0.1.2.3",
                "0.255.255.255",
                "10.0.0.0",
                "10.1.2.3",
                "10.255.255.255",
                "100.64.0.0",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.0.0.0",
                "127.1.2.3",
                "127.255.255.255",
                "169.254.0.0",
                "169.254.169.254",
                "169.254.255.255",
                "172.16.0.0",
                "172.20.1.1",
                "172.31.255.255",
                "192.168.0.0",
                "192.168.178.1",
                "192.168.255.255",
                "168.63.129.16",
                // protocol assignments, documentation, relay anycast, benchmarking
                "192.0.0.0",
                "192.0.0.170",
                "192.0.0.255",
                "192.0.2.0",
                "192.0.2.1",
                "192.0.2.255",
                "192.88.99.1",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.0",
                "198.51.100.255",
                "203.0.113.0",
                "203.0.113.255",
                // multicast, reserved, broadcast
                "224.0.0.1",
                "224.0.0.251",
                "239.255.255.255",
                "240.0.0.0",
                "250.1.2.3",
                "255.255.255.255",
                // IPv6: unspecified, loopback, unique local, link-local, site-local, multicast
                "::",
                "::1",
                "fc00::",
                "fc00::1",
                "fd00:ec2::254",
                "fdff:ffff::1",
                "fe80::",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "feff::1",
                "ff02::1",
                "ff0e::1",
                "ffff::1",
                // discard, dummy, documentation, Teredo, benchmarking, ORCHID, segment routing
                "100::",
                "100::1",
                "100:0:0:1::1",
                "2001:db8::1",
                "2001:db8:ffff::1",
                "3fff::1",
                "3fff:fff::1",
                "2001::1",
                "2001:0:1::",
                "2001:2::1",
                "2001:10::1",
                "2001:20::1",
                "2001:1::1",
                "5f00::1",
                // IPv4 inside IPv6: mapped, compatible, NAT64, local NAT64, 6to4
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "::10.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "64:ff9b:1::8.8.8.8",
                "64:ff9b:1:ffff::1",
                "2002:7f00:1::",
                "2002:a00:1::1",
                "2002:c0a8:101::1",
                "2002:a9fe:a9fe::1",
                "2002:e000:1::1",
                "2002:808:808::1",
                "::8.8.8.8",
                "::2:1",
                "2a00::5efe:10.0.0.1",
                "2a00::200:5efe:127.0.0.1",
                "2a00:1:2:3:300:5efe:a9fe:a9fe",
                // never given out
                "1fff::1",
                "4000::1",
                "fbff::1",
                // other spellings of the loopback address
                "127.1",
                "2130706433"
            })
    void refusesForOwnedDefinitionsWhatIsNotThePublicInternet(String text) {
        assertThat(NetworkPolicy.publicForOwned().permits(OWNED, address(text), 1883))
                .isFalse();
        assertThat(NetworkPolicy.publicForOwned().permits(OWN, address(text), 1883))
                .isTrue();
        assertThat(NetworkPolicy.everything().permits(OWNED, address(text), 1883))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "168.63.129.15",
                "168.63.129.17",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "191.255.255.255",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2001:db7::1",
                "2001:db9::1",
                "2400::1",
                "2606:4700::1111",
                "2a00::1",
                "3ffe::1",
                "3ffd::1",
                "::ffff:8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2a00::5efe:8.8.8.8",
                "2a00:1:2:3:400:5efe:a00:1",
                "2003::1"
            })
    void permitsThePublicInternetUpToTheEdges(String text) {
        assertThat(NetworkPolicy.publicForOwned().permits(OWNED, address(text), 1883))
                .isTrue();
    }

    @Test
    void seesThroughAddressesThatWereMadeOfBytes() throws UnknownHostException {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 127;
        mapped[15] = 1;
        assertThat(NetworkPolicy.publicForOwned().permits(OWNED, InetAddress.getByAddress("name", mapped), 1))
                .isFalse();
    }
}
