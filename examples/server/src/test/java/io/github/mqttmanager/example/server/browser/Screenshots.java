package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.github.mqttmanager.example.server.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.springframework.test.context.TestPropertySource;

/**
 * The pictures of the documentation, from the demo as it is. Not among the tests; it is run by name, and needs a minute and a half:
 *
 * <pre>mvn -pl examples/server -am test -Dtest=Screenshots -Dscreenshots=docs/images</pre>
 */
@EnabledIfSystemProperty(named = "screenshots", matches = ".+")
@TestPropertySource(properties = "example.demo.port=1883")
class Screenshots extends BrowserTest {
    private static final int WIDTH = 1280;
    private static final int USUAL_HEIGHT = 1250;

    /** Of a device's page, the table is left out. */
    private static final String HEIGHT = """
            () => {
              const pair = document.querySelector('.device-details__pair');
              return pair
                ? Math.round(pair.getBoundingClientRect().bottom) + 34
                : document.getElementById('main').scrollHeight + document.querySelector('header').offsetHeight + 32;
            }""";

    private static final String TO_THE_END = """
            () => { const main = document.getElementById('main'); main.scrollTop = main.scrollHeight; }""";

    private static final int MOST_BYTES = 300_000;

    @Test
    void takeAll() throws IOException {
        Api api = admin();
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> api.get("/api/mqtt-brokers/devices/1/readings?limit=100")
                                .json()
                                .size()
                        >= 75);
        take("login", "/login", ColorScheme.LIGHT, 620);
        take("statistics", "/", ColorScheme.LIGHT, USUAL_HEIGHT);
        take("statistics-dark", "/", ColorScheme.DARK, USUAL_HEIGHT);
        take("device", "/devices/1", ColorScheme.LIGHT, 0);
        take("broker", "/brokers/6", ColorScheme.LIGHT, 0);
        takeTest();
    }

    private void take(String name, String path, ColorScheme colours, int height) throws IOException {
        Tab tab = tab(look(WIDTH, colours));
        if (path.equals("/login")) {
            tab.go(path);
            assertThat(tab.heading("Log in to your account")).isVisible();
        } else {
            tab.signedIn(admin().token()).go(path).live();
            assertThat(tab.page().locator(path.startsWith("/brokers/") ? ".broker-history" : "canvas"))
                    .isVisible();
            assertThat(tab.page().locator(".pf-v6-c-skeleton")).hasCount(0);
        }
        if (path.equals("/")) {
            assertThat(tab.broker("Unreachable (gallery)").getByRole(AriaRole.HEADING))
                    .isVisible();
        }
        // The page scrolls within itself: a picture of all of it needs a screen that is as high.
        int high = height > 0 ? height : ((Number) tab.page().evaluate(HEIGHT)).intValue();
        tab.page().setViewportSize(WIDTH, high);
        if (colours == ColorScheme.DARK) {
            // The two pictures of the home page show its beginning and its end.
            tab.page().evaluate(TO_THE_END);
        }
        save(tab, name);
    }

    /** The form of a broker whose certificate is not trusted, after a test. */
    private void takeTest() throws IOException {
        Tab tab = tab(new Tab.Look(WIDTH, 1060, ColorScheme.LIGHT))
                .signedIn(admin().token())
                .go("/")
                .live();
        tab.choose("Actions for broker Expired certificate (gallery)", "Edit");
        Tab.button(tab.dialog(), "Test connection").click();
        assertThat(tab.dialog()).containsText("Encryption (TLS) failed");
        assertThat(Tab.button(tab.dialog(), "Test connection")).isEnabled();
        tab.page().waitForFunction("() => document.getAnimations().every(one => !(one instanceof CSSTransition))");
        save(tab, "connection-test");
    }

    private static void save(Tab tab, String name) throws IOException {
        tab.page().evaluate("() => document.fonts.ready.then(() => new Promise(requestAnimationFrame))");
        Path folder = Path.of("..", "..").resolve(System.getProperty("screenshots"));
        Path file = Files.createDirectories(folder).resolve(name + ".png");
        tab.page().screenshot(new Page.ScreenshotOptions().setPath(file));
        assertThat(Files.size(file)).as("bytes of %s", file).isLessThan(MOST_BYTES);
        // With more streams than a user may have, the oldest would end.
        tab.page().close();
    }
}
