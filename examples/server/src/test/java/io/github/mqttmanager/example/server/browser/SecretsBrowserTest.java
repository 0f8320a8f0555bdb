package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.github.mqttmanager.example.server.browser.Tab.button;
import static io.github.mqttmanager.example.server.browser.Tab.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What must not get out, and what must not get in. */
class SecretsBrowserTest extends BrowserTest {
    /** All text of the document, its attributes, what fields hold, and what is stored. */
    private static final String EVERYTHING = """
            () => [
              document.documentElement.outerHTML,
              ...[...document.querySelectorAll('input, textarea, select')].map(field => field.value),
              JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href,
              JSON.stringify(history.state)
            ].join('\\n')""";

    @Test
    void aBrokersPasswordIsNowhereOnceItIsSaved() {
        String canary = "Canary-" + UUID.randomUUID();
        Somebody somebody = newUser();
        Tab tab = tab(somebody.api()).go("/").live();
        tab.button("Add broker").click();
        field(tab.dialog(), "Name").fill("Canary's");
        field(tab.dialog(), "Host").fill("localhost");
        field(tab.dialog(), "Port").fill(String.valueOf(demoBrokerPort()));
        field(tab.dialog(), "User name").fill("user");
        field(tab.dialog(), "Password").fill(canary);
        // The search finds what is there.
        assertThat(everythingIn(tab)).contains(canary);
        button(tab.dialog(), "Add broker").click();
        assertThat(tab.dialog()).hasCount(0);
        assertThat(tab.broker("Canary's")).containsText("User name or password wrong");
        assertThat(everythingIn(tab)).contains("Canary's").doesNotContain(canary);

        tab.choose("Actions for broker Canary's", "Edit");
        assertThat(tab.dialog()).containsText("•••••••• saved");
        assertThat(everythingIn(tab)).doesNotContain(canary);
        button(tab.dialog(), "Replace the saved password").click();
        assertThat(everythingIn(tab)).doesNotContain(canary);
        button(tab.dialog(), "Cancel").click();
        // Not by reloading, after which the page has its answers no more.
        tab.role(AriaRole.LINK, "Devices").click();
        assertThat(tab.heading("Devices")).isVisible();
        assertThat(everythingIn(tab)).doesNotContain(canary);

        assertThat(tab.answers())
                .anyMatch(answer -> answer.matches("(?s)POST \\S+/brokers\\n.*Canary's.*"))
                .allSatisfy(answer -> assertThat(answer).doesNotContain(canary));
    }

    @Test
    void scriptsInNamesStayText() {
        String script = "<img src=x onerror=\"document.title='taken'\">";
        String name = script + "<script>alert(1)</script>";
        Somebody somebody = newUser();
        long broker = createBroker(
                somebody.api(),
                "{\"broker_name\":\"%s\",\"broker_host\":\"localhost\",\"broker_port\":%d,\"username\":\"user\",\"password\":\"pass\"}"
                        .formatted(name.replace("\"", "\\\""), demoBrokerPort()));
        long device = somebody.api()
                .post(
                        "/api/mqtt-brokers/devices",
                        "{\"device_name\":\"%s\",\"device_id\":\"d\",\"mqtt_broker_id\":%d,\"device_type\":\"<b>x</b>\"}"
                                .formatted(name.replace("\"", "\\\""), broker))
                .is(201)
                .json()
                .path("id")
                .longValue();
        Tab tab = tab(somebody.api());
        List<String> dialogs = new ArrayList<>();
        tab.page().onDialog(opened -> {
            dialogs.add(opened.message());
            opened.dismiss();
        });
        tab.go("/").live();
        assertThat(tab.broker(name)).containsText(name);
        assertThat(tab.heading(name).first()).isVisible();
        tab.choose("Actions for broker " + name, "Edit");
        assertThat(field(tab.dialog(), "Name")).hasValue(name);
        button(tab.dialog(), "Cancel").click();
        tab.toggle(name);
        assertThat(tab.broker(name)).containsText("Disconnected");
        tab.choose("Actions for broker " + name, "Delete");
        assertThat(tab.dialog()).containsText(name);
        button(tab.dialog(), "Cancel").click();
        tab.go("/devices").live();
        assertThat(tab.role(AriaRole.LINK, name)).isVisible();
        tab.go("/devices/" + device).live();
        assertThat(tab.heading(name)).isVisible();
        assertThat(tab.page().locator("img, script:not([src])").filter(new Locator.FilterOptions().setVisible(true)))
                .hasCount(0);
        assertThat(tab.page()).not().hasTitle("taken");
        assertThat(tab.page()).hasTitle(Pattern.compile("^<img src=x"));
        assertThat(dialogs).isEmpty();
    }

    private static String everythingIn(Tab tab) {
        return (String) tab.page().evaluate(EVERYTHING);
    }
}
