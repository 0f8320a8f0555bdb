package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the home page shows of the demo. */
class StatisticsBrowserTest extends BrowserTest {
    /** Words of which the first and the last letter are not on the same line. */
    private static final String BROKEN_WORDS = """
            () => [...document.querySelectorAll('.connection-state__word, button, h1, h2, h3')].flatMap(element => {
              const found = [];
              const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
              while (texts.nextNode()) {
                for (const word of texts.currentNode.data.matchAll(/[A-Za-z]{2,}/g)) {
                  const letter = at => {
                    const range = document.createRange();
                    range.setStart(texts.currentNode, at);
                    range.setEnd(texts.currentNode, at + 1);
                    return range.getBoundingClientRect();
                  };
                  const first = letter(word.index);
                  const last = letter(word.index + word[0].length - 1);
                  if (first.height > 0 && last.top > first.top + first.height / 2) found.push(word[0]);
                }
              }
              return found;
            })""";

    private static final String UNREACHABLE = "Unreachable (gallery)";

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void connectedBrokersAreGreenWithTheWord(ColorScheme colours) {
        Tab tab = tab(look(1280, colours)).signedIn(admin().token()).go("/");
        for (String name : new String[] {"Demo broker", "Greenhouse"}) {
            Locator row = tab.broker(name);
            assertThat(row).containsText("Connected");
            assertThat(tab.dot(row)).hasAttribute("data-shape", "check");
            assertThat(tab.colourOf(tab.dot(row), "fill").isGreen())
                    .as("%s in %s is drawn in %s", name, colours, tab.colourOf(tab.dot(row), "fill"))
                    .isTrue();
        }
        Locator failed = tab.broker(UNREACHABLE);
        assertThat(failed).not().containsText("Connected");
        assertThat(tab.dot(failed)).hasAttribute("data-shape", Pattern.compile("spinner|cross"));
        assertThat(tab.colourOf(tab.dot(failed), "stroke"))
                .satisfiesAnyOf(
                        colour -> assertThat(colour).isNull(),
                        colour -> assertThat(colour.isGreen()).isFalse());
    }

    @Test
    void aFailureIsExplainedInTheOpen() {
        Tab tab = tab(admin()).go("/");
        Locator row = tab.broker(UNREACHABLE);
        assertThat(row.getByRole(AriaRole.HEADING)).containsText("Nothing is listening on that port");
        String remedy = admin().get("/api/mqtt-brokers/brokers/3")
                .is(200)
                .json()
                .path("status")
                .path("failure")
                .path("remedy")
                .stringValue();
        assertThat(row.getByText(remedy)).isVisible();
        assertThat(row).containsText("localhost:1");
    }

    @Test
    void valuesMoveByThemselves() {
        Tab tab = tab(admin()).go("/").live();
        Locator card = tab.page()
                .getByRole(AriaRole.LISTITEM)
                .filter(new Locator.FilterOptions().setHas(tab.role(AriaRole.LINK, "Hall climate")));
        Locator temperature = card.getByRole(AriaRole.DEFINITION).first();
        assertThat(temperature).hasText(Pattern.compile("\\d"));
        String before = temperature.textContent();
        assertThat(temperature).not().hasText(before, new LocatorAssertions.HasTextOptions().setTimeout(5_000));
        assertThat(card).containsText("Online");
        assertThat(tab.colourOf(tab.dot(card), "fill").isGreen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 1000, 600, 320})
    void noWordIsBrokenInTheMiddle(int width) {
        Tab tab = tab(look(width, ColorScheme.LIGHT))
                .signedIn(admin().token())
                .go("/")
                .live();
        assertThat(tab.page().getByText("Living room (Zigbee2MQTT)").first()).isVisible();
        assertThat((List<?>) tab.page().evaluate(BROKEN_WORDS)).isEmpty();
    }
}
