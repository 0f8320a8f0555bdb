package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.github.mqttmanager.example.server.browser.Tab.button;
import static io.github.mqttmanager.example.server.browser.Tab.field;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.Test;

/** Addresses, and who may see what is there. */
class PlacesBrowserTest extends BrowserTest {
    @Test
    void deepLinksReload() {
        Somebody somebody = newUser();
        long broker = createBroker(somebody.api(), passiveBroker("Quiet"));
        long device = createDevice(somebody.api(), broker, "lamp");
        Tab tab = tab(somebody.api());
        String[][] places = {
            {"/brokers/" + broker, "Quiet"},
            {"/brokers/999999", "There is no such broker"},
            {"/devices", "Devices"},
            {"/devices/" + device, "A device"},
            {"/devices/999999", "There is no such device"},
            {"/users", "Only for administrators"},
            {"/nowhere/at/all", "There is no such page"},
        };
        for (String[] place : places) {
            tab.go(place[0]);
            assertThat(tab.heading(place[1])).isVisible();
            tab.page().reload();
            assertThat(tab.heading(place[1])).isVisible();
            assertThat(tab.page()).hasURL(url() + place[0]);
        }
    }

    @Test
    void aDeepLinkLeadsThroughTheLoginAndBack() {
        Somebody somebody = newUser();
        Tab tab = tab().go("/devices");
        field(tab.page().locator("body"), "User name").fill(somebody.name());
        field(tab.page().locator("body"), "Password").fill(PASSWORD);
        tab.button("Log in").click();
        assertThat(tab.heading("Devices")).isVisible();
        assertThat(tab.page()).hasURL(url() + "/devices");

        tab.button("User menu of " + somebody.name()).click();
        tab.role(AriaRole.MENUITEM, "Log out").click();
        assertThat(tab.heading("Log in to your account")).isVisible();
        tab.page().goBack();
        tab.go("/devices");
        assertThat(tab.heading("Log in to your account")).isVisible();
        assertThat(tab.page().getByText("Devices")).hasCount(0);
        org.assertj.core.api.Assertions.assertThat(
                        tab.page().evaluate("() => sessionStorage.length + localStorage.length"))
                .isEqualTo(0);
    }

    @Test
    void aUserMadeByTheAdministratorSeesNothingOfTheAdministrator() {
        String name = "browser-guest";
        Tab admin = tab(admin()).go("/").live();
        assertThat(admin.broker("Demo broker")).isVisible();
        admin.role(AriaRole.LINK, "Users").click();
        admin.button("Add user").click();
        field(admin.dialog(), "User name").fill(name);
        field(admin.dialog(), "Password").fill("short");
        admin.expectTrouble(trouble -> trouble.contains("400") && trouble.contains("/api/users"));
        button(admin.dialog(), "Add user").click();
        assertThat(field(admin.dialog(), "Password"))
                .hasAccessibleDescription(java.util.regex.Pattern.compile("at least 12 characters"));
        field(admin.dialog(), "Password").fill(PASSWORD);
        button(admin.dialog(), "Add user").click();
        assertThat(admin.dialog()).hasCount(0);
        Locator row = admin.page().getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(name));
        assertThat(row).isVisible();

        Tab guest = tab(login(name, PASSWORD)).go("/").live();
        assertThat(guest.page().getByText("No brokers yet.")).isVisible();
        assertThat(guest.page().locator("body")).not().containsText("Demo broker");
        assertThat(guest.page().locator("body")).not().containsText("Hall climate");
        assertThat(guest.role(AriaRole.LINK, "Devices")).isVisible();
        assertThat(guest.role(AriaRole.LINK, "Users")).hasCount(0);
        guest.go("/devices/1");
        assertThat(guest.heading("There is no such device")).isVisible();

        admin.button("Delete user " + name).click();
        button(admin.dialog(), "Delete user").click();
        assertThat(row).hasCount(0);
        // The guest's session is over, wherever it was.
        guest.expectTrouble(trouble -> trouble.contains("401"));
        guest.go("/");
        assertThat(guest.heading("Log in to your account")).isVisible();
    }
}
