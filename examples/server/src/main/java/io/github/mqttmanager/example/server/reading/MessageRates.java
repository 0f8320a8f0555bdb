package io.github.mqttmanager.example.server.reading;

import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.user.User;
import io.github.mqttmanager.example.server.user.UserDeletion;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How many messages of each user are stored in a second, and how many were not because there were more, since the application started. What was
 * not used up is saved for later, as for what a broker delivers at once after an outage. This class is thread-safe.
 */
@Component
public class MessageRates implements UserDeletion {
    private static final Logger LOG = LoggerFactory.getLogger(MessageRates.class);
    private static final Duration QUIET = Duration.ofMinutes(1);

    /** Messages that were refused. */
    @Schema(name = "Refused")
    public record Refused(long count, Instant lastAt) {}

    private final int perSecond;
    private final int atOnce;
    private final Clock clock;
    private final Map<String, Allowance> allowances = new ConcurrentHashMap<>();
    private final Map<String, Refused> refused = new ConcurrentHashMap<>();

    private static final class Allowance {
        private double left;
        private long at;

        Allowance(double left, long at) {
            this.left = left;
            this.at = at;
        }

        synchronized boolean take(long now, double perMilli, double most) {
            left = Math.min(most, left + Math.max(0, now - at) * perMilli);
            at = now;
            if (left < 1) {
                return false;
            }
            left--;
            return true;
        }
    }

    @Autowired
    MessageRates(ServerProperties properties) {
        this(properties.limits().messagesPerSecond(), properties.limits().messagesAtOnce(), Clock.systemUTC());
    }

    MessageRates(int perSecond, int atOnce, Clock clock) {
        this.perSecond = perSecond;
        this.atOnce = atOnce;
        this.clock = clock;
    }

    /** Whether one more message of the owner may be stored; if not, it is counted. */
    boolean admits(String owner) {
        long now = clock.millis();
        boolean admitted = allowances
                .computeIfAbsent(owner, some -> new Allowance(atOnce, now))
                .take(now, perSecond / 1000.0, atOnce);
        if (!admitted) {
            Instant at = Instant.ofEpochMilli(now);
            Refused before = refused.get(owner);
            refused.merge(owner, new Refused(1, at), (old, one) -> new Refused(old.count() + 1, at));
            if (before == null || before.lastAt().plus(QUIET).isBefore(at)) {
                LOG.warn(
                        "Devices of user {} send more than {} messages a second: some are not stored",
                        owner,
                        perSecond);
            }
        }
        return admitted;
    }

    /** What was refused of the owner's devices, if anything. */
    public Optional<Refused> refused(String owner) {
        return Optional.ofNullable(refused.get(owner));
    }

    @Override
    public void deleting(User user) {
        allowances.remove(user.owner());
        refused.remove(user.owner());
    }
}
