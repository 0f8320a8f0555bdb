package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.DeviceId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A position where rows are numbered when they are written: the highest number that was seen, and which lower ones were not. Those may commit
 * yet, or never; they are asked for during an hour.
 */
record ChangeNumbers(long last, List<Gap> gaps) implements ChangePosition {
    private static final Duration ASKED_FOR = Duration.ofHours(1);
    /** As many are asked for at most, the youngest. */
    private static final int MAX_GAPS = 200;

    /** Numbers from one to another that were not seen, since when. */
    record Gap(long from, long to, long sinceNanos) {}

    /** What is open now is among the last thousand numbers. */
    static ChangePosition end(Connection connection) throws SQLException {
        long highest = ChangePosition.number(connection, "select coalesce(max(id), 0) from mqtt_manager_change");
        return new ChangeNumbers(Math.max(0, highest - 1_000), List.of())
                .read(connection)
                .end();
    }

    @Override
    public Changes read(Connection connection) throws SQLException {
        long now = System.nanoTime();
        String inGaps = gaps.stream().map(gap -> " or id between ? and ?").collect(Collectors.joining());
        Set<BrokerId> brokers = new HashSet<>();
        Set<DeviceId> devices = new HashSet<>();
        Unseen unseen = new Unseen(now);
        int rows = 0;
        try (PreparedStatement statement = connection.prepareStatement(
                "select id, kind, entity_id from mqtt_manager_change where id > ?" + inGaps + " order by id")) {
            int parameter = 1;
            statement.setLong(parameter++, last);
            for (Gap gap : gaps) {
                statement.setLong(parameter++, gap.from);
                statement.setLong(parameter++, gap.to);
            }
            try (ResultSet result = statement.executeQuery()) {
                for (; result.next(); rows++) {
                    unseen.seen(result.getLong(1));
                    if (rows >= Changes.LIMIT) {
                        continue; // for the numbers only
                    }
                    if (BROKER.equals(result.getString(2))) {
                        brokers.add(BrokerId.of(result.getString(3)));
                    } else if (DEVICE.equals(result.getString(2))) {
                        devices.add(DeviceId.of(result.getString(3)));
                    }
                }
            }
        }
        ChangeNumbers end = unseen.end();
        return rows <= Changes.LIMIT ? new Changes(end, brokers, devices, true) : Changes.unknown(end);
    }

    /** Goes through the numbers that are seen now, in their order, and notes what is left out. */
    private final class Unseen {
        private final List<Gap> left = new ArrayList<>();
        private final List<Gap> open = new ArrayList<>();
        private final long now;
        private long highest = last;

        Unseen(long now) {
            this.now = now;
            gaps.stream()
                    .filter(gap -> now - gap.sinceNanos < ASKED_FOR.toNanos())
                    .forEach(open::add);
        }

        void seen(long number) {
            if (number > highest) {
                if (number > highest + 1) {
                    left.add(new Gap(highest + 1, number - 1, now));
                }
                highest = number;
                return;
            }
            for (int i = 0; i < open.size(); i++) {
                Gap gap = open.get(i);
                if (gap.from <= number && number <= gap.to) {
                    open.remove(i);
                    if (number < gap.to) {
                        open.add(i, new Gap(number + 1, gap.to, gap.sinceNanos));
                    }
                    if (gap.from < number) {
                        open.add(i, new Gap(gap.from, number - 1, gap.sinceNanos));
                    }
                    return;
                }
            }
        }

        ChangeNumbers end() {
            open.addAll(left);
            return new ChangeNumbers(
                    highest, List.copyOf(open.subList(Math.max(0, open.size() - MAX_GAPS), open.size())));
        }
    }
}
