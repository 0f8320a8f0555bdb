package io.github.mqttmanager.example.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameQueueTest {
    private final FrameQueue queue = new FrameQueue(3);

    private static Frame status(String broker, String data) {
        return new Frame("status", data, "status:" + broker);
    }

    private static Frame reading(String data) {
        return new Frame("reading", data, null);
    }

    private List<String> taken() throws InterruptedException {
        return queue.take(Duration.ZERO).stream().map(Frame::data).toList();
    }

    @Test
    void onlyTheNewestStateOfABrokerWaits() throws InterruptedException {
        queue.add(status("1", "one-a"));
        queue.add(status("2", "two-a"));
        queue.add(status("1", "one-b"));
        assertThat(taken()).containsExactly("two-a", "one-b");
        assertThat(taken()).isEmpty();
    }

    @Test
    void tooManyReadingsDropTheOldest() throws InterruptedException {
        queue.add(status("1", "status"));
        for (int i = 0; i < 10; i++) {
            queue.add(reading("r" + i));
        }
        assertThat(taken()).containsExactly("status", "r7", "r8", "r9");
    }

    @Test
    void aClosedQueueTakesNothingAndHoldsNobody() throws InterruptedException {
        Thread closer = new Thread(queue::close);
        closer.start();
        assertThat(queue.take(Duration.ofSeconds(10))).isEmpty();
        closer.join();
        queue.add(reading("late"));
        assertThat(queue.isClosed()).isTrue();
        assertThat(taken()).isEmpty();
    }
}
