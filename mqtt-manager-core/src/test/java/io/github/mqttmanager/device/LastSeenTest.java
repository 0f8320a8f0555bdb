package io.github.mqttmanager.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LastSeenTest {
    private static final Instant T = Instant.parse("2030-01-01T00:00:00Z");
    private static final DeviceId A = DeviceId.of("a");
    private static final DeviceId B = DeviceId.of("b");

    private final List<Map<DeviceId, Instant>> written = new ArrayList<>();
    private final Map<DeviceId, Instant> stored = new HashMap<>();
    private boolean broken;
    private int asked;

    private final LastSeen lastSeen = new LastSeen(repository());

    /** A repository of which nothing is used but the two methods for last-seen times. */
    private DeviceRepository repository() {
        InvocationHandler calls = (proxy, method, arguments) -> switch (method.getName()) {
            case "saveLastSeen" -> {
                if (broken) {
                    throw new IllegalStateException("the store is away");
                }
                @SuppressWarnings("unchecked")
                Map<DeviceId, Instant> batch = (Map<DeviceId, Instant>) arguments[0];
                written.add(Map.copyOf(batch));
                yield null;
            }
            case "lastSeen" -> {
                asked++;
                Map<DeviceId, Instant> found = new HashMap<>(stored);
                found.keySet().retainAll((Collection<?>) arguments[0]);
                yield found;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        };
        return (DeviceRepository)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {DeviceRepository.class}, calls);
    }

    @Test
    void isKnownAtOnceAndWrittenInOneBatch() {
        lastSeen.seen(A, T);
        lastSeen.seen(A, T.plusSeconds(1));
        lastSeen.seen(B, T);
        for (int i = 0; i < 1_000; i++) {
            lastSeen.seen(A, T.plusSeconds(2));
        }
        assertThat(lastSeen.of(A)).contains(T.plusSeconds(2));
        assertThat(written).isEmpty();
        lastSeen.write();
        lastSeen.write();

        assertThat(written).containsExactly(Map.of(A, T.plusSeconds(2), B, T));
        assertThat(asked).isZero();
    }

    @Test
    void onlyGoesForward() {
        lastSeen.seen(A, T.plusSeconds(5));
        lastSeen.seen(A, T);

        assertThat(lastSeen.of(A)).contains(T.plusSeconds(5));
        lastSeen.write();
        assertThat(written).containsExactly(Map.of(A, T.plusSeconds(5)));
    }

    @Test
    void keepsWhatTheRepositoryDoesNotTake() {
        lastSeen.seen(A, T);
        lastSeen.seen(B, T);
        broken = true;
        lastSeen.write();
        lastSeen.seen(A, T.plusSeconds(1));
        broken = false;
        lastSeen.write();

        assertThat(written).containsExactly(Map.of(A, T.plusSeconds(1), B, T));
    }

    @Test
    void asksTheRepositoryForWhatThisProcessHasNotSeen() {
        stored.put(A, T);

        assertThat(lastSeen.of(A)).contains(T);
        assertThat(lastSeen.of(B)).isEmpty();
    }

    @Test
    void forgetsWhatIsGone() {
        lastSeen.seen(A, T);
        lastSeen.forget(A);
        lastSeen.write();

        assertThat(written).isEmpty();
        assertThat(lastSeen.of(A)).isEmpty();
    }
}
