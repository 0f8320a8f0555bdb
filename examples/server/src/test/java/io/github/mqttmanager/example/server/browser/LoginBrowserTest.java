package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.Test;

/** In and out, and every place of the page. */
class LoginBrowserTest extends BrowserTest {
    @Test
    void aWrongPasswordIsRefusedAndTheRightOneLeadsToTheBrokers() {
        Somebody somebody = newUser();
        Tab tab = tab().go("/");
        assertThat(tab.heading("Log in to your account")).isVisible();
        tab.page().getByLabel("User name").fill(somebody.name());
        tab.page().getByLabel("Password").fill("not the password");
        // The browser itself complains about the status.
        tab.expectTrouble(trouble -> trouble.contains("401") && trouble.contains("/api/auth/login"));
        tab.button("Log in").click();
        assertThat(tab.page().getByRole(AriaRole.ALERT)).containsText("User name or password is wrong.");
        assertThat(tab.page().getByLabel("Password")).isFocused();

        tab.page().getByLabel("Password").fill(PASSWORD);
        tab.button("Log in").click();
        assertThat(tab.heading("Statistics")).isVisible();
        assertThat(tab.heading("MQTT Broker Control")).isVisible();
        assertThat(tab.page()).hasURL(url() + "/");
        assertThat(tab.page().getByText("No brokers yet.")).isVisible();
    }

    @Test
    void everyPlaceIsFreeOfErrors() {
        Tab tab = tab(admin());
        tab.go("/").live();
        assertThat(tab.heading("MQTT Broker Control")).isVisible();
        assertThat(tab.page().locator("canvas")).isVisible();
        tab.go("/devices").live();
        assertThat(tab.role(AriaRole.LINK, "Hall climate")).isVisible();
        tab.role(AriaRole.LINK, "Hall climate").click();
        assertThat(tab.heading("Hall climate")).isVisible();
        assertThat(tab.page().locator("canvas")).isVisible();
        tab.go("/users").live();
        assertThat(tab.page().getByRole(AriaRole.GRID)).containsText("admin");
        tab.go("/nowhere").live();
        assertThat(tab.heading("There is no such page")).isVisible();
        // Every tab is asked for its troubles at the end; this one must be able to have some.
        tab.page().evaluate("fetch('http://localhost:1/').catch(() => undefined)");
        tab.expectTrouble(trouble -> trouble.contains("http://localhost:1/"));
        org.assertj.core.api.Assertions.assertThat(tab.troubles())
                .anyMatch(trouble -> trouble.contains("Content Security Policy"));
    }
}
