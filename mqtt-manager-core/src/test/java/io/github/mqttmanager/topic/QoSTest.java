package io.github.mqttmanager.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class QoSTest {
    @Test
    void hasTheNumbersOfTheWire() {
        assertThat(QoS.of(0)).isEqualTo(QoS.AT_MOST_ONCE);
        assertThat(QoS.of(1)).isEqualTo(QoS.AT_LEAST_ONCE);
        assertThat(QoS.of(2)).isEqualTo(QoS.EXACTLY_ONCE);
        for (QoS qos : QoS.values()) {
            assertThat(QoS.of(qos.code())).isEqualTo(qos);
        }
    }

    @Test
    void refusesOtherNumbers() {
        for (int code : new int[] {-1, 3, 128, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> QoS.of(code)).withMessageContaining("" + code);
        }
    }
}
