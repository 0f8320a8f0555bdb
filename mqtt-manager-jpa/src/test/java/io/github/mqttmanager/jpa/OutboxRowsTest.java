package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.publish.UserProperty;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxRowsTest {
    @Test
    void userPropertiesAreLinesThatCanBeRead() {
        assertThat(OutboxRows.lines(List.of(new UserProperty("unit", "°C"), new UserProperty("a=b", "1\\2\n3"))))
                .isEqualTo("unit=°C\na\\=b=1\\\\2\\n3\n");
    }
}
