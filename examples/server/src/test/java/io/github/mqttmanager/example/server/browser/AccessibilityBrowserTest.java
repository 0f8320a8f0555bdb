package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each page as a machine can judge it: in light and dark, and on the narrowest screen. */
class AccessibilityBrowserTest extends BrowserTest {
    private static final List<String> RULES = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

    /** Light letters are on a dark page; and no colour is still on its way to another. */
    private static final String LETTERS_ARE = """
            light => {
              const [red] = getComputedStyle(document.querySelector('h1')).color.match(/\\d+/g);
              return Number(red) > 128 === light
                && document.getAnimations().every(animation => !(animation instanceof CSSTransition));
            }""";

    /** What sticks out, unless it lies in a box that is meant to scroll. */
    private static final String TOO_WIDE = """
            () => [...document.querySelectorAll('body, body *')]
              .filter(element => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
              .filter(element => element === document.body || /auto|scroll/.test(getComputedStyle(element).overflowX))
              .filter(element => !element.closest('.readings-table, pre, textarea'))
              .map(element => element.outerHTML.slice(0, 120))
              .concat(document.documentElement.scrollWidth > innerWidth ? ['the document'] : [])""";

    /** In one tab, since loading is what takes long: the page follows the system's colours and the window's width at once. */
    @ParameterizedTest
    @ValueSource(strings = {"/login", "/", "/brokers/4", "/brokers/6", "/devices", "/devices/1", "/users", "/nowhere"})
    void thePageIsForEverybody(String path) {
        Tab tab = show(path, look(1280, ColorScheme.LIGHT));
        for (ColorScheme colours : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            show(tab, colours);
            assertThat(violations(tab)).as("%s in %s", path, colours).isEmpty();
        }
        assertNarrow(tab);
    }

    @ParameterizedTest
    @CsvSource({"/, Add broker", "/devices, Add device"})
    void aDialogWithErrorsIsForEverybody(String path, String add) {
        Tab tab = show(path, look(1280, ColorScheme.LIGHT));
        tab.button(add).click();
        Tab.button(tab.dialog(), add).click();
        assertThat(tab.dialog()).containsText("A name is needed.");
        for (ColorScheme colours : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            show(tab, colours);
            assertThat(violations(tab)).as("in %s", colours).isEmpty();
        }
        assertNarrow(tab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Over TLS (gallery)", "Unknown CA (gallery)"})
    void aConnectionTestIsForEverybody(String broker) {
        Tab tab = show("/", look(1280, ColorScheme.LIGHT));
        tab.choose("Actions for broker " + broker, "Edit");
        Tab.button(tab.dialog(), "Test connection").click();
        assertThat(tab.dialog()).containsText("Encryption (TLS)");
        for (ColorScheme colours : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            show(tab, colours);
            assertThat(violations(tab)).as("in %s", colours).isEmpty();
        }
        assertNarrow(tab);
    }

    /** What is drawn follows the window a moment later. */
    private static void assertNarrow(Tab tab) {
        tab.page().setViewportSize(320, 900);
        await().pollInSameThread()
                .atMost(Duration.ofSeconds(3))
                .untilAsserted(() -> assertThat((List<?>) tab.page().evaluate(TOO_WIDE))
                        .as("too wide for 320 px")
                        .isEmpty());
    }

    private static void show(Tab tab, ColorScheme colours) {
        tab.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
        tab.page().waitForFunction(LETTERS_ARE, colours == ColorScheme.DARK);
    }

    private Tab show(String path, Tab.Look look) {
        if (path.equals("/login")) {
            Tab tab = tab(look).go(path);
            assertThat(tab.heading("Log in to your account")).isVisible();
            return tab;
        }
        Tab tab = tab(look).signedIn(admin().token()).go(path).live();
        assertThat(tab.page().locator("h1")).isVisible();
        assertThat(tab.page().locator(".pf-v6-c-skeleton")).hasCount(0);
        if (path.equals("/")) {
            assertThat(tab.broker("Demo broker")).containsText("Connected");
        }
        return tab;
    }

    private static List<String> violations(Tab tab) {
        List<String> found = new ArrayList<>();
        for (Rule rule : new AxeBuilder(tab.page())
                .setLegacyMode(true)
                .withTags(RULES)
                .analyze()
                .getViolations()) {
            for (CheckedNode node : rule.getNodes()) {
                found.add(rule.getId() + ": " + node.getHtml() + " " + node.getFailureSummary());
            }
        }
        return found;
    }
}
