package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.github.mqttmanager.test.FaultProxy;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page says about its own data while the way to the server is broken. */
class LiveBrowserTest extends BrowserTest {
    private static final String EVENTS = "**/api/mqtt-brokers/events";

    @Test
    void withoutTheStreamThePageAsksAndComesBackToTheStream() {
        Somebody somebody = newUser();
        long id = createDemoBroker(somebody.api());
        Tab tab = tab(somebody.api());
        tab.expectTrouble(trouble -> trouble.contains("/api/mqtt-brokers/events"));
        tab.page().route(EVENTS, route -> route.abort());
        tab.go("/");
        Locator banner = tab.page().getByRole(AriaRole.BANNER);
        assertThat(banner).containsText("Polling every 5 s");
        assertThat(tab.broker("House")).containsText("Connected");

        somebody.api()
                .post("/api/mqtt-brokers/brokers/" + id + "/control", json("{'action':'disconnect'}"))
                .is(202);
        assertThat(tab.broker("House"))
                .containsText("Disconnected", new LocatorAssertions.ContainsTextOptions().setTimeout(6_000));
        assertThat(banner).containsText("Polling every 5 s");

        tab.page().unroute(EVENTS);
        // It tries again after 1, 2, 4 and then 8 seconds.
        assertThat(banner)
                .not()
                .containsText("Polling", new LocatorAssertions.ContainsTextOptions().setTimeout(17_000));
        tab.live();
        somebody.api()
                .post("/api/mqtt-brokers/brokers/" + id + "/control", json("{'action':'connect'}"))
                .is(202);
        assertThat(tab.broker("House"))
                .containsText("Connected", new LocatorAssertions.ContainsTextOptions().setTimeout(2_000));
        assertThat(tab.page().locator("li.broker-row")).hasCount(1);
    }

    @Test
    void nothingStaleLooksFreshWhileTheServerIsAway() {
        Somebody somebody = newUser();
        createDemoBroker(somebody.api());
        try (FaultProxy way = FaultProxy.to("127.0.0.1", port())) {
            Tab tab = tab("http://127.0.0.1:" + way.port())
                    .signedIn(somebody.api().token());
            // A typeface may be on its way, too, when the way is cut.
            tab.expectTrouble(trouble ->
                    trouble.contains("http://127.0.0.1:" + way.port() + "/") && !trouble.startsWith("uncaught"));
            tab.go("/").live();
            assertThat(tab.broker("House")).containsText("Connected");

            way.refuse(true);
            way.cut();
            Locator banner = tab.page().getByRole(AriaRole.BANNER);
            assertThat(banner)
                    .containsText(Pattern.compile("Server unreachable – showing data from \\d\\d:\\d\\d:\\d\\d"));
            Locator alert = tab.page()
                    .getByRole(AriaRole.ALERT)
                    .filter(new Locator.FilterOptions().setHasText("The server does not answer"));
            assertThat(alert).containsText(Pattern.compile("as it was at \\d\\d:\\d\\d:\\d\\d"));
            assertThat(tab.brokerSwitch("House")).isDisabled();
            assertThat(tab.button("Add broker")).isDisabled();
            assertThat(tab.broker("House")).containsText("Last known");
            assertThat(tab.dot(tab.broker("House"))).hasClass(Pattern.compile("status-dot--faded"));

            way.refuse(false);
            tab.button("Retry now").click();
            tab.live();
            assertThat(alert).hasCount(0);
            assertThat(tab.brokerSwitch("House")).isEnabled();
            assertThat(tab.broker("House")).not().containsText("Last known");
        }
    }
}
