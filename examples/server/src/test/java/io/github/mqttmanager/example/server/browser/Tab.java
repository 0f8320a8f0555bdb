package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** One window of a browser of its own, that is with its own login, and all that went wrong in it. */
final class Tab implements AutoCloseable {
    /** Each answer's JSON is kept by the page itself: the browser forgets bodies when it likes to. */
    private static final String KEEP_ANSWERS = """
            {
              const original = window.fetch;
              window.answers = [];
              window.fetch = async (input, init) => {
                const answer = await original(input, init);
                if ((answer.headers.get('content-type') ?? '').includes('json')) {
                  const request = (init?.method ?? 'GET') + ' ' + answer.url;
                  answer.clone().text().then(text => window.answers.push(request + '\\n' + text), () => {});
                }
                return answer;
              };
            }""";

    private final BrowserContext context;
    private final Page page;
    private final String base;
    private final List<String> troubles = new ArrayList<>();
    private final List<Predicate<String>> expected = new ArrayList<>();

    record Look(int width, int height, ColorScheme colours) {
        static final Look USUAL = new Look(1280, 900, ColorScheme.LIGHT);
    }

    private Tab(BrowserContext context, String base) {
        this.context = context;
        this.base = base;
        page = context.newPage();
        page.setDefaultTimeout(10_000);
        page.addInitScript(KEEP_ANSWERS);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                troubles.add("console: " + message.text() + " " + message.location());
            }
        });
        page.onPageError(error -> troubles.add("uncaught: " + error));
        page.onRequest(this::sent);
        page.onRequestFailed(this::failed);
        page.onResponse(response -> {
            if (response.status() >= 400) {
                troubles.add("answered %d: %s".formatted(response.status(), response.url()));
            }
        });
    }

    static Tab open(String base, Look look) {
        return new Tab(
                Chromium.browser()
                        .newContext(new Browser.NewContextOptions()
                                .setBaseURL(base)
                                .setLocale("en-GB")
                                .setTimezoneId("UTC")
                                .setColorScheme(look.colours())
                                .setViewportSize(look.width(), look.height())),
                base);
    }

    private void sent(Request request) {
        if (!request.url().startsWith(base + "/") && !request.url().startsWith("data:")) {
            troubles.add("asked another host: " + request.url());
        }
    }

    private void failed(Request request) {
        // Aborted is what the page itself gave up: a stream or a query of a place that it left.
        if (!"net::ERR_ABORTED".equals(request.failure())) {
            troubles.add("failed: " + request.url() + " " + request.failure());
        }
    }

    /** Signed in from the first page on, without the form. */
    Tab signedIn(String token) {
        page.addInitScript("if (!sessionStorage.getItem('signed-in-once')) {"
                + " sessionStorage.setItem('signed-in-once', 'yes');"
                + " sessionStorage.setItem('mqtt-manager.token', '" + token + "'); }");
        return this;
    }

    Tab go(String path) {
        page.navigate(base + path);
        return this;
    }

    Page page() {
        return page;
    }

    BrowserContext context() {
        return context;
    }

    /** What the page was answered in JSON since it was loaded, each after a line with its request: for whoever looks for secrets. */
    List<String> answers() {
        return ((List<?>) page.evaluate("() => window.answers"))
                .stream().map(String.class::cast).toList();
    }

    /** Trouble that the test makes itself. */
    void expectTrouble(Predicate<String> trouble) {
        expected.add(trouble);
    }

    List<String> troubles() {
        return List.copyOf(troubles);
    }

    void assertNoTrouble() {
        List<String> unexpected = troubles.stream()
                .filter(trouble -> expected.stream().noneMatch(one -> one.test(trouble)))
                .toList();
        Assertions.assertEquals(List.of(), unexpected);
    }

    Locator role(AriaRole role, String name) {
        return page.getByRole(role, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator button(String name) {
        return role(AriaRole.BUTTON, name);
    }

    Locator heading(String name) {
        return role(AriaRole.HEADING, name);
    }

    Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    /** The row of a broker on the statistics page. */
    Locator broker(String name) {
        return role(AriaRole.LISTITEM, name);
    }

    Locator dot(Locator within) {
        return within.locator("svg[data-shape]").first();
    }

    Locator brokerSwitch(String name) {
        return role(AriaRole.SWITCH, "Connect broker " + name);
    }

    /** The switch's visible part lies over the control itself. */
    void toggle(String broker) {
        brokerSwitch(broker).locator("xpath=..").click();
    }

    /** A field by its label, which may end with the star of what is required. */
    static Locator field(Locator within, String label) {
        return within.getByLabel(Pattern.compile("^" + label + "[\\s*]*$"));
    }

    static Locator button(Locator within, String name) {
        return within.getByRole(
                AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Chooses from the menu of a row. */
    void choose(String menu, String action) {
        button(menu).click();
        role(AriaRole.MENUITEM, action).click();
    }

    /** Waits until the page is kept up to date by the event stream. */
    Tab live() {
        assertThat(page.getByRole(AriaRole.BANNER).getByText("Live", new Locator.GetByTextOptions().setExact(true)))
                .isVisible();
        return this;
    }

    /** The colour in which the dot is really drawn. */
    Colour colourOf(Locator dot, String property) {
        return Colour.of((String)
                dot.evaluate("(svg, property) => getComputedStyle(svg.querySelector('circle'))[property]", property));
    }

    /** As the browser computed it. */
    record Colour(int red, int green, int blue) {
        static @Nullable Colour of(String text) {
            if (!text.startsWith("rgb(")) {
                return null;
            }
            String[] parts = text.substring(4, text.length() - 1).split(",\\s*");
            return new Colour(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        }

        boolean isGreen() {
            return green > 1.3 * red && green > 1.3 * blue;
        }

        boolean isRed() {
            return red > 1.8 * green && red > 1.8 * blue;
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
