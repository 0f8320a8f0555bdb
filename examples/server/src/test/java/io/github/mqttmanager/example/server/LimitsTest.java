package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** What one user may have, also when everything is asked for at once. */
class LimitsTest extends ServerTest {
    private static List<Integer> atOnce(int requests, IntFunction<Api.Answer> request) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(requests);
        try {
            CyclicBarrier start = new CyclicBarrier(requests);
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                int number = i;
                answers.add(threads.submit(() -> {
                    start.await();
                    Api.Answer answer = request.apply(number);
                    if (answer.status() == 409) {
                        answer.isProblem(409, "LIMIT_REACHED");
                    }
                    return answer.status();
                }));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
            return statuses;
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void brokersOfOneUser() throws Exception {
        Api api = newUser().api();
        List<Integer> statuses =
                atOnce(16, number -> api.post("/api/mqtt-brokers/brokers", passiveBroker("Race " + number)));
        assertThat(statuses).filteredOn(status -> status == 201).hasSize(12);
        assertThat(statuses).filteredOn(status -> status == 409).hasSize(4);
        assertThat(api.get("/api/mqtt-brokers/brokers").json().size()).isEqualTo(12);
        newUser()
                .api()
                .post("/api/mqtt-brokers/brokers", passiveBroker("Of another user"))
                .is(201);
    }

    @Test
    void devicesOfOneUser() throws Exception {
        Api api = newUser().api();
        long broker = createBroker(api, passiveBroker("Devices"));
        List<Integer> statuses = atOnce(
                20,
                number -> api.post(
                        "/api/mqtt-brokers/devices",
                        json("{'device_name':'D','device_id':'race-%d','mqtt_broker_id':%d}"
                                .formatted(number, broker))));
        assertThat(statuses).filteredOn(status -> status == 201).hasSize(12);
        assertThat(statuses).filteredOn(status -> status == 409).hasSize(8);
        assertThat(api.get("/api/mqtt-brokers/devices").json().size()).isEqualTo(12);
    }

    @Test
    void changesOfTheSameBrokerDoNotLoseEachOther() throws Exception {
        Api api = newUser().api();
        long id = createBroker(api, passiveBroker("Changed by many"));
        List<Integer> statuses = atOnce(
                8,
                number -> api.put("/api/mqtt-brokers/brokers/" + id, json("{'keep_alive':%d}".formatted(10 + number))));
        assertThat(statuses).containsOnly(200);
        assertThat(api.get("/api/mqtt-brokers/brokers/" + id)
                        .json()
                        .path("version")
                        .intValue())
                .isEqualTo(9);
    }
}
