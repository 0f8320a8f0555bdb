package io.github.mqttmanager.example.server;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.springframework.test.context.ActiveProfiles;

/** The same server with the profile {@code postgres}, on a PostgreSQL; with {@code -Plong} in all that its API promises. */
class OnPostgresTest {
    @Nested
    @ActiveProfiles("postgres")
    class Readings extends ReadingsTest {}

    @Nested
    @ActiveProfiles("postgres")
    @EnabledIfSystemProperty(named = "long", matches = "true")
    class Contract extends ContractTest {}

    @Nested
    @ActiveProfiles("postgres")
    class Ownership extends OwnershipTest {}

    @Nested
    @ActiveProfiles("postgres")
    @EnabledIfSystemProperty(named = "long", matches = "true")
    class Limits extends LimitsTest {}

    @Nested
    @ActiveProfiles("postgres")
    class OldReadings extends RetentionTest {}

    @Nested
    @ActiveProfiles("postgres")
    @EnabledIfSystemProperty(named = "long", matches = "true")
    class EventStream extends EventsTest {}

    @Nested
    @EnabledIfSystemProperty(named = "long", matches = "true")
    class Restart extends RestartTest {
        private final String url = TestPostgres.newDatabase();

        @Override
        List<String> database() {
            return Stream.concat(
                            Stream.of("--spring.profiles.include=postgres"),
                            Arrays.stream(TestPostgres.properties(url)).map(property -> "--" + property))
                    .toList();
        }
    }
}
