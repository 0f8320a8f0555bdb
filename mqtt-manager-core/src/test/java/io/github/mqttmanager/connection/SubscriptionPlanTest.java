package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.topic.TopicFilter;
import io.github.mqttmanager.topic.TopicName;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Plans of random devices, judged by topics: nothing is missed, nothing more is asked for than may be. */
class SubscriptionPlanTest {
    private static final int PLANS = Boolean.getBoolean("long") ? 200_000 : 3_000;
    private static final List<String> LEVELS = List.of("a", "b", "d1", "d2", "+", "{device_id}", "$SYS", "");

    private static String template(Random random) {
        while (true) {
            StringBuilder text = new StringBuilder(random.nextInt(8) == 0 ? "$share/g/" : "");
            int n = 1 + random.nextInt(3);
            for (int i = 0; i < n; i++) {
                text.append(i == 0 ? "" : "/").append(LEVELS.get(random.nextInt(LEVELS.size())));
            }
            text.append(random.nextInt(5) == 0 ? "/#" : "");
            if (!text.isEmpty() && !text.toString().equals("$share/g/")) {
                return text.toString();
            }
        }
    }

    @Test
    void everyWantedTopicIsBroughtByWhatIsNotRefusedAndNoTemplateIsWidened() {
        for (int plan = 0; plan < PLANS; plan++) {
            Random random = new Random(plan);
            ScriptedDemand demand = new ScriptedDemand();
            for (int t = 1 + random.nextInt(4); t > 0; t--) {
                demand.add(template(random), 0, 1 + random.nextInt(5));
            }
            Set<TopicFilter> refused = new HashSet<>();
            SubscriptionPlan plans = new SubscriptionPlan(2 + random.nextInt(4));
            Set<TopicFilter> held = plans.filters(demand, true, refused::contains);
            // The broker refuses some of what it is asked for.
            for (int round = 0; round < 3; round++) {
                held.stream().sorted().filter(filter -> random.nextInt(6) == 0).forEach(refused::add);
                held = plans.filters(demand, true, refused::contains);
            }
            Set<TopicFilter> asked = held;
            Set<TopicFilter> wanted = demand.filters();
            Set<TopicFilter> may = new HashSet<>(wanted);
            demand.templates().filter(t -> !t.isShared()).forEach(t -> may.add(t.filterOfAll()));
            assertThat(may).as("plan %d", plan).containsAll(asked);
            for (int i = 0; i < 20; i++) {
                TopicName topic = topic(random);
                for (TopicFilter filter : wanted) {
                    if (filter.matches(topic) && !filter.isShared() && !refused.contains(filter)) {
                        assertThat(granted(asked, refused)
                                        .filter(f -> !f.isShared())
                                        .anyMatch(f -> f.matches(topic)))
                                .as("plan %d: %s of %s by %s without %s", plan, topic, filter, asked, refused)
                                .isTrue();
                    }
                }
            }
            for (TopicFilter one : asked) {
                assertThat(granted(asked, refused)
                                .filter(other -> !other.equals(one) && !other.isShared() && !one.isShared())
                                .noneMatch(other -> covers(other, one)))
                        .as("plan %d: %s is needless in %s", plan, one, asked)
                        .isTrue();
            }
        }
    }

    private static Stream<TopicFilter> granted(Set<TopicFilter> asked, Set<TopicFilter> refused) {
        return asked.stream().filter(filter -> !refused.contains(filter));
    }

    /** Level by level, on its own. */
    private static boolean covers(TopicFilter wide, TopicFilter narrow) {
        List<String> w = wide.levels();
        List<String> n = narrow.levels();
        if (n.get(0).startsWith("$") && (w.get(0).equals("+") || w.get(0).equals("#"))) {
            return false;
        }
        for (int i = 0; i < w.size(); i++) {
            if (w.get(i).equals("#")) {
                return i <= n.size();
            }
            if (i >= n.size()
                    || n.get(i).equals("#")
                    || !(w.get(i).equals("+") || w.get(i).equals(n.get(i)))) {
                return false;
            }
        }
        return w.size() == n.size();
    }

    private static TopicName topic(Random random) {
        while (true) {
            StringBuilder text = new StringBuilder();
            int n = 1 + random.nextInt(4);
            for (int i = 0; i < n; i++) {
                text.append(i == 0 ? "" : "/")
                        .append(List.of("a", "b", "d1", "d2", "d9", "$SYS", "").get(random.nextInt(7)));
            }
            if (!text.isEmpty()) {
                return TopicName.of(text.toString());
            }
        }
    }
}
