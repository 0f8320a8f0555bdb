package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.github.mqttmanager.example.server.Api;
import io.github.mqttmanager.test.EmbeddedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The switch: what was clicked, what the broker sees, and what everybody else is shown. */
class ToggleBrowserTest extends BrowserTest {
    private static final String NAME = "House";
    private static final int SECOND = 1_000;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.builder().user("user", "pass").start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private long create(Api api) {
        return createBroker(
                api,
                json(
                        "{'broker_name':'%s','broker_host':'localhost','broker_port':%d,'username':'user','password':'pass'}"
                                .formatted(NAME, broker.port())));
    }

    @Test
    void aToggleIsSeenByTheBrokerAndByEveryPageWithinASecond() {
        Somebody somebody = newUser();
        long id = create(somebody.api());
        // The second browser has a login of its own.
        Tab first = tab(somebody.api());
        Tab second = tab(login(somebody.name(), PASSWORD));
        Watch firstWatch = Watch.over(first);
        Watch secondWatch = Watch.over(second);
        second.go("/").live();
        first.go("/").live();
        assertThat(first.broker(NAME)).containsText("Connected");
        assertThat(second.broker(NAME)).containsText("Connected");
        assertThat(broker.connectedClients()).isEqualTo(1);
        List<String> measured = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            measured.add("off " + change(first, second, firstWatch, secondWatch, somebody.api(), id, false));
            measured.add("on " + change(first, second, firstWatch, secondWatch, somebody.api(), id, true));
        }
        System.out.println("Toggle latencies: " + measured);
    }

    /** In milliseconds. */
    record Latencies(long answer, long firstPage, long secondPage, long brokerAndApi) {}

    private Latencies change(Tab first, Tab second, Watch firstWatch, Watch secondWatch, Api api, long id, boolean on) {
        String shape = on ? "check" : "ring";
        Response answer = first.page()
                .waitForResponse(response -> response.url().endsWith("/" + id + "/control"), () -> first.toggle(NAME));
        assertThat(answer.status()).isEqualTo(202);
        long answered = System.nanoTime();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(5))
                .until(() -> broker.connectedClients() == (on ? 1 : 0)
                        && state(api, id).equals(on ? "CONNECTED" : "DISCONNECTED"));
        long settled = (System.nanoTime() - answered) / 1_000_000;
        for (Tab tab : List.of(first, second)) {
            Locator row = tab.broker(NAME);
            assertThat(tab.dot(row)).hasAttribute("data-shape", shape);
            assertThat(row).containsText(on ? "Connected" : "Disconnected");
            assertThat(tab.brokerSwitch(NAME)).isChecked(new LocatorAssertions.IsCheckedOptions().setChecked(on));
            Tab.Colour colour = tab.colourOf(tab.dot(row), on ? "fill" : "stroke");
            assertThat(on ? colour.isGreen() : colour.isRed())
                    .as("drawn in %s", colour)
                    .isTrue();
        }
        double at = firstWatch.answeredAt();
        Latencies latencies = new Latencies(
                Math.round(at - firstWatch.clickedAt()),
                Math.round(firstWatch.becameAt(NAME, shape) - at),
                Math.round(secondWatch.becameAt(NAME, shape) - at),
                settled);
        assertThat(latencies.firstPage()).as("%s", latencies).isLessThanOrEqualTo(SECOND);
        assertThat(latencies.secondPage()).as("%s", latencies).isLessThanOrEqualTo(SECOND);
        assertThat(latencies.brokerAndApi()).as("%s", latencies).isLessThanOrEqualTo(SECOND);
        return latencies;
    }

    @Test
    void aFastHandSettlesOnItsLastWish() {
        Somebody somebody = newUser();
        long id = create(somebody.api());
        Tab tab = tab(somebody.api()).go("/").live();
        assertThat(tab.broker(NAME)).containsText("Connected");
        clickFast(tab, 20);
        settles(tab, somebody.api(), id, true);
        clickFast(tab, 21);
        settles(tab, somebody.api(), id, false);
        assertThat(tab.broker(NAME).getByRole(AriaRole.ALERT)).hasCount(0);
    }

    /** As fast as the page can take it, faster than any hand. */
    private static void clickFast(Tab tab, int times) {
        tab.brokerSwitch(NAME)
                .evaluate(
                        "async (element, times) => { for (let i = 0; i < times; i++) { element.click(); await new Promise(done => setTimeout(done, 5)); } }",
                        times);
    }

    private void settles(Tab tab, Api api, long id, boolean on) {
        assertThat(tab.brokerSwitch(NAME)).hasAttribute("aria-busy", "false");
        assertThat(tab.brokerSwitch(NAME)).isChecked(new LocatorAssertions.IsCheckedOptions().setChecked(on));
        assertThat(tab.dot(tab.broker(NAME))).hasAttribute("data-shape", on ? "check" : "ring");
        await().atMost(Duration.ofSeconds(5))
                .during(Duration.ofMillis(500))
                .until(() -> state(api, id).equals(on ? "CONNECTED" : "DISCONNECTED")
                        && broker.connectedClients() == (on ? 1 : 0));
        assertThat(tab.dot(tab.broker(NAME))).hasAttribute("data-shape", on ? "check" : "ring");
    }

    private static String state(Api api, long id) {
        return api.get("/api/mqtt-brokers/brokers/" + id)
                .is(200)
                .json()
                .path("status")
                .path("state")
                .stringValue();
    }
}
