package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each page as a machine can judge it: in light and dark, and on the narrowest screen. */
class AccessibilityBrowserTest extends BrowserTest {
    private static final List<String> RULES = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

    /** What sticks out, unless it lies in a box that is meant to scroll. */
    private static final String TOO_WIDE = """
            () => [...document.querySelectorAll('body, body *')]
              .filter(element => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
              .filter(element => element === document.body || /auto|scroll/.test(getComputedStyle(element).overflowX))
              .filter(element => !element.closest('.readings-table, pre, textarea'))
              .map(element => element.outerHTML.slice(0, 120))
              .concat(document.documentElement.scrollWidth > innerWidth ? ['the document'] : [])""";

    @ParameterizedTest
    @CsvSource({
        "/login, LIGHT",
        "/login, DARK",
        "/, LIGHT",
        "/, DARK",
        "/devices, LIGHT",
        "/devices, DARK",
        "/devices/1, LIGHT",
        "/devices/1, DARK",
        "/users, LIGHT",
        "/users, DARK"
    })
    void axeFindsNothing(String path, ColorScheme colours) {
        Tab tab = show(path, look(1280, colours));
        assertThat(violations(tab)).isEmpty();
        if (path.equals("/") || path.equals("/devices")) {
            tab.button(path.equals("/") ? "Add broker" : "Add device").click();
            assertThat(tab.dialog()).isVisible();
            Tab.button(tab.dialog(), path.equals("/") ? "Add broker" : "Add device")
                    .click();
            assertThat(tab.dialog()).containsText("A name is needed.");
            assertThat(violations(tab)).as("the dialog with errors").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "/", "/devices", "/devices/1", "/users", "/nowhere"})
    void theNarrowestScreenIsWideEnough(String path) {
        Tab tab = show(path, look(320, ColorScheme.LIGHT));
        assertThat((List<?>) tab.page().evaluate(TOO_WIDE)).isEmpty();
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
        for (Rule rule : new AxeBuilder(tab.page()).withTags(RULES).analyze().getViolations()) {
            for (CheckedNode node : rule.getNodes()) {
                found.add(rule.getId() + ": " + node.getHtml() + " " + node.getFailureSummary());
            }
        }
        return found;
    }
}
