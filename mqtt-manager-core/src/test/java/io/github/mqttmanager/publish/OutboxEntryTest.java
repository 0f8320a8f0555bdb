package io.github.mqttmanager.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.TopicName;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxEntryTest {
    private static final Instant NOON = Instant.parse("2030-01-01T12:00:00.123456789Z");
    private static final TopicName TOPIC = TopicName.of("t");

    private static OutboxEntry entry(OutboundPublish publish) {
        return OutboxEntry.of(BrokerId.of("b"), "d", publish, NOON);
    }

    private static OutboundPublish expiring(Duration expiry) {
        return OutboundPublish.builder()
                .topic(TOPIC)
                .expiry(expiry)
                .whenDisconnected(WhenDisconnected.FAIL)
                .build();
    }

    @Test
    void theExpiryCountsFromTheBeginning() {
        OutboxEntry entry = entry(expiring(Duration.ofSeconds(60)));
        assertThat(entry.expiresAt()).isEqualTo(Instant.parse("2030-01-01T12:01:00.123456Z"));
        assertThat(entry.publish().properties().expiry()).isNull();
        assertThat(entry.publish().whenDisconnected()).isEqualTo(WhenDisconnected.QUEUE);
        Instant later = entry.createdAt().plusSeconds(45);
        assertThat(entry.isExpired(later)).isFalse();
        assertThat(entry.publishAt(later).properties().expiry()).isEqualTo(Duration.ofSeconds(15));
        assertThat(entry.publishAt(later.plusMillis(14_900)).properties().expiry())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(entry.isExpired(later.plusSeconds(15))).isTrue();
    }

    @Test
    void withoutAnExpiryItNeverExpires() {
        OutboxEntry entry = entry(OutboundPublish.of(TOPIC, "on"));
        assertThat(entry.isExpired(NOON.plus(Duration.ofDays(100_000)))).isFalse();
        assertThat(entry.publishAt(NOON)).isEqualTo(entry.publish());
    }

    private static void refused(String why, OutboundPublish publish) {
        assertThatIllegalArgumentException().isThrownBy(() -> entry(publish)).withMessageContaining(why);
    }

    private static void refusedKey(@Nullable String key, long id, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new OutboxEntry(id, BrokerId.of("b"), key, OutboundPublish.of(TOPIC, "on"), NOON, null))
                .withMessageContaining(why);
    }

    @Test
    void nonsenseIsRefused() {
        refused("topic", OutboundPublish.of("on"));
        refused(
                "content type",
                OutboundPublish.builder().topic(TOPIC).contentType("a\0b").build());
        refused(
                "Unicode",
                OutboundPublish.builder()
                        .topic(TOPIC)
                        .userProperty("a", "\ud800")
                        .build());
        refused(
                "longer",
                OutboundPublish.builder()
                        .topic(TOPIC)
                        .userProperty("a", "ä".repeat(40_000))
                        .build());
        refused(
                "correlation",
                OutboundPublish.builder()
                        .topic(TOPIC)
                        .correlationData(new byte[65_536])
                        .build());
        refusedKey("", 0, "ordering key");
        refusedKey("x".repeat(65), 0, "ordering key");
        refusedKey(null, -1, "negative");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new OutboxEntry(0, BrokerId.of("b"), null, expiring(Duration.ofSeconds(5)), NOON, null))
                .withMessageContaining("expiry");
    }
}
