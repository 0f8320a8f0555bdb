package io.github.mqttmanager.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mqttmanager.testing.Canary;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SecretTest {
    @Test
    void isEqualToTheSameBytesOnly() {
        assertThat(Secret.of("a")).isEqualTo(Secret.of("a".getBytes(StandardCharsets.UTF_8)));
        assertThat(Secret.of("a"))
                .isNotEqualTo(Secret.of("b"))
                .isNotEqualTo(Secret.of("aa"))
                .isNotEqualTo(Secret.of(""));
        assertThat(Secret.of("a")).isNotEqualTo("a").isNotEqualTo(null);
    }

    @Test
    void saysNothingOfItself() {
        assertThat(Secret.of(Canary.TEXT)).hasToString("Secret[hidden]");
        assertThat(Secret.of("a").hashCode())
                .isEqualTo(Secret.of("something else").hashCode());
        assertThat(Secret.of("a")).isNotInstanceOf(Serializable.class);
    }

    @Test
    void keepsItsBytesToItself() {
        byte[] given = {1, 2, 3};
        Secret secret = Secret.of(given);
        given[0] = 9;
        secret.reveal()[1] = 9;

        assertThat(secret.reveal()).containsExactly(1, 2, 3);
    }

    @Test
    void isNoLongerThanMqttCarries() {
        assertThat(Secret.of(new byte[65_535]).reveal()).hasSize(65_535);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Secret.of(new byte[65_536]))
                .withMessageContaining("secret");
    }
}
