package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.github.mqttmanager.example.server.browser.Tab.button;
import static io.github.mqttmanager.example.server.browser.Tab.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import io.github.mqttmanager.example.server.Api;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A broker's life, by hand. */
class BrokerFormBrowserTest extends BrowserTest {
    @Test
    void aBrokerIsAddedChangedAndDeletedByHand() {
        Somebody somebody = newUser();
        Tab tab = tab(somebody.api()).go("/").live();
        tab.button("Add broker").click();
        Locator dialog = tab.dialog();
        Locator name = field(dialog, "Name");
        Locator port = field(dialog, "Port");
        port.fill("70000");
        save(dialog, "Add broker");
        assertThat(name).hasAccessibleDescription(Pattern.compile("A name is needed\\."));
        assertThat(port).hasAccessibleDescription(Pattern.compile("A whole number from 1 to 65535\\."));
        assertThat(dialog.getByText("A whole number from 1 to 65535.")).isVisible();
        assertThat(name).isFocused();
        assertThat(somebody.api().get("/api/mqtt-brokers/brokers").json().size())
                .isZero();

        name.fill("By hand");
        field(dialog, "Host").fill("localhost");
        port.fill(String.valueOf(demoBrokerPort()));
        field(dialog, "User name").fill("user");
        field(dialog, "Password").fill("pass");
        save(dialog, "Add broker");
        assertThat(dialog).hasCount(0);
        assertThat(tab.broker("By hand")).containsText("Connected");
        assertThat(tab.dot(tab.broker("By hand"))).hasAttribute("data-shape", "check");

        tab.choose("Actions for broker By hand", "Edit");
        assertThat(dialog).containsText("•••••••• saved");
        name.fill("By another hand");
        save(dialog, "Save");
        assertThat(dialog).hasCount(0);
        assertThat(tab.broker("By hand")).hasCount(0);
        Locator row = tab.broker("By another hand");
        assertThat(row).containsText("Connected");
        JsonNode broker =
                somebody.api().get("/api/mqtt-brokers/brokers").is(200).json().get(0);
        assertThat(broker.path("has_password").booleanValue()).isTrue();
        // The broker demands the password at each connect: it is still the right one.
        tab.toggle("By another hand");
        assertThat(row).containsText("Disconnected");
        tab.toggle("By another hand");
        assertThat(row).containsText("Connected");

        Api api = somebody.api();
        createDevice(api, broker.path("id").longValue(), "lamp");
        tab.choose("Actions for broker By another hand", "Delete");
        Locator delete = button(dialog, "Delete broker");
        assertThat(dialog).containsText("1 device is linked to it");
        assertThat(delete).isDisabled();
        dialog.getByRole(AriaRole.RADIO).check();
        delete.click();
        assertThat(tab.page().getByText("No brokers yet.")).isVisible();
        assertThat(api.get("/api/mqtt-brokers/devices").is(200).json().size()).isZero();
    }

    @Test
    void aNewAddressAsksForThePasswordAgain() {
        Somebody somebody = newUser();
        createDemoBroker(somebody.api());
        Tab tab = tab(somebody.api()).go("/").live();
        tab.choose("Actions for broker House", "Edit");
        field(tab.dialog(), "Host").fill("127.0.0.1");
        save(tab.dialog(), "Save");
        assertThat(field(tab.dialog(), "New password"))
                .hasAccessibleDescription(Pattern.compile("enter the password again"));
        field(tab.dialog(), "New password").fill("pass");
        save(tab.dialog(), "Save");
        assertThat(tab.dialog()).hasCount(0);
        assertThat(tab.broker("House")).containsText("127.0.0.1");
        assertThat(tab.broker("House")).containsText("Connected");
    }

    private static void save(Locator dialog, String name) {
        button(dialog, name).click();
    }
}
