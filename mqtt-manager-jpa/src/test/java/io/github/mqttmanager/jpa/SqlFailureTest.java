package io.github.mqttmanager.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What databases say that the tests cannot make say it, or not at will. */
class SqlFailureTest {
    private static SqlFailure failure(String state, int code, String text) {
        return SqlFailure.in(new IllegalStateException(new SQLException(text, state, code)))
                .orElseThrow();
    }

    /** Of MySQL 8, which names the table with the key. */
    @Test
    void aDuplicateIsToldByItsKey() {
        SqlFailure topic = failure(
                "23000", 1062, "Duplicate entry 'one-Name' for key 'mqtt_manager_device.mqtt_manager_device_topic_uq'");
        assertThat(topic.isUnique("mqtt_manager_device_topic_uq")).isTrue();
        assertThat(topic.culprit(List.of("other", "Name"), Function.identity())).isEqualTo("Name");
        SqlFailure primary = failure("23000", 1062, "Duplicate entry 'd1' for key 'mqtt_manager_device.PRIMARY'");
        assertThat(primary.isUnique("mqtt_manager_device_topic_uq")).isFalse();
        assertThat(primary.isConflict("mqtt_manager_device")).isTrue();
        assertThat(primary.culprit(List.of("d2", "d1"), Function.identity())).isEqualTo("d1");
    }

    @Test
    void anotherConstraintIsNeither() {
        SqlFailure foreign = failure(
                "23000",
                1452,
                "Cannot add or update a child row: a foreign key constraint fails (`t`.`mqtt_manager_device`, CONSTRAINT"
                        + " `mqtt_manager_device_broker_fk` FOREIGN KEY (`broker_id`) REFERENCES `mqtt_manager_broker` (`id`))");
        assertThat(foreign.isForeignKey("mqtt_manager_device_broker_fk")).isTrue();
        assertThat(foreign.isUnique("mqtt_manager_device")).isFalse();
        assertThat(foreign.isConflict("mqtt_manager_device")).isFalse();
    }

    /** Of MariaDB with innodb_snapshot_isolation, which is on by itself since 11.6. */
    @Test
    void aRecordThatHasChangedIsAConflict() {
        assertThat(failure("HY000", 1020, "Record has changed since last read in table 'mqtt_manager_broker'")
                        .isConflict("mqtt_manager_broker"))
                .isTrue();
    }
}
