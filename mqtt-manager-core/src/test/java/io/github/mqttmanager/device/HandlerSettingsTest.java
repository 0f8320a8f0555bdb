package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HandlerSettingsTest {
    @Test
    void refusesSettingsThatMakeNoSense() {
        HandlerSettings settings = HandlerSettings.of((device, publish) -> null);
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withDeadLetters((d, p, a, f) -> {}, 0))
                .withMessageContaining("attempts");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withRetries(Duration.ZERO, second))
                .withMessageContaining("retry");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withRetries(Duration.ofSeconds(2), second))
                .withMessageContaining("retry");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withDeadline(Duration.ZERO))
                .withMessageContaining("deadline");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HandlerSettings.Deduplication(publish -> "id", Duration.ZERO))
                .withMessageContaining("window");
    }
}
