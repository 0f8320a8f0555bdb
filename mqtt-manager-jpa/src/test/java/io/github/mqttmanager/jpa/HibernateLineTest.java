package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import org.hibernate.Version;
import org.junit.jupiter.api.Test;

class HibernateLineTest {
    /** The profile {@code hibernate72} runs the tests of this module with the older line. */
    @Test
    void theTestsRunWithTheLineThatTheBuildSays() {
        assertThat(Version.getVersionString()).startsWith(System.getProperty("hibernate.line", "7.4") + ".");
    }
}
