package io.github.mqttmanager.benchmarks.figures;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands through the durable outbox on PostgreSQL that forces every commit to disk: committed, confirmed by the broker and removed, many in a
 * transaction beside one in each. Host, database and broker are processes of their own.
 */
final class OutboxScenario implements Scenario {
    private static final double WANTED = 10_000;

    @Override
    public List<Figure> run(Settings settings) throws Exception {
        int count = settings.number("count", 100_000);
        int single = settings.number("single", 5_000);
        int together = settings.number("together", 500);
        int rounds = settings.number("rounds", 5);
        List<Double> batched = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                Child broker = Child.start(List.of("-Xmx256m"), SinkBroker.class, "good=1")) {
            int port = broker.answer().ports("good").get(0);
            String url = postgres.getJdbcUrl("postgres", "postgres") + "&reWriteBatchedInserts=true";
            try (Child host = Child.start(List.of("-Xmx512m"), OutboxProcess.class, url, String.valueOf(port))) {
                host.ask("await");
                Answer database = host.ask("settings");
                host.ask("run " + count + " " + together); // warms up
                host.ask("run " + single + " 1");
                for (int i = 0; i < rounds; i++) {
                    batched.add(rate(host.ask("run " + count + " " + together), count));
                    alone.add(rate(host.ask("run " + single + " 1"), single));
                }
                double median = Medians.median(batched);
                return List.of(Figure.of(
                                "durable outbox on PostgreSQL: microseconds per message committed and confirmed, "
                                        + together + " in a transaction",
                                1e6 / median,
                                1e6 / WANTED,
                                "µs, the median")
                        .with("per_second", median)
                        .with("all", Medians.all(batched))
                        .with("one_per_transaction_per_second", Medians.median(alone))
                        .with("one_per_transaction_all", Medians.all(alone))
                        .with("times", median / Medians.median(alone))
                        .with("fsync", database.text("fsync"))
                        .with("synchronous_commit", database.text("synchronous_commit"))
                        .with("postgresql", database.text("version")));
            }
        }
    }

    private static double rate(Answer answer, int count) {
        if (answer.number("confirmed") != count || answer.number("failed") != 0 || answer.number("left") != 0) {
            throw new IllegalStateException("not all of " + count + ": " + answer);
        }
        System.err.println(answer.values());
        return count / answer.decimal("removed_s");
    }
}
