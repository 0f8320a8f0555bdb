package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.github.mqttmanager.example.server.browser.Tab.button;
import static io.github.mqttmanager.example.server.browser.Tab.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.github.mqttmanager.example.server.TestDevice;
import java.nio.file.Files;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** From "add a device" to its values, its commands and what it says that nobody can read. */
class DeviceBrowserTest extends BrowserTest {
    @Autowired
    private JdbcTemplate jdbc;

    @Test
    void aNewDeviceIsLedToItsFirstValueAndObeys() throws Exception {
        Somebody somebody = newUser();
        createDemoBroker(somebody.api());
        // All users of the demo's broker share its topics: the name is this test's own.
        String deviceId = "by-hand-" + somebody.id();
        Tab tab = tab(somebody.api()).go("/devices").live();
        assertThat(tab.page().getByText("No devices yet.")).isVisible();
        tab.button("Add device").click();
        Locator dialog = tab.dialog();
        field(dialog, "Device ID").fill("not an id");
        button(dialog, "Add device").click();
        assertThat(field(dialog, "Name")).hasAccessibleDescription(Pattern.compile("A name is needed\\."));
        assertThat(field(dialog, "Device ID")).hasAccessibleDescription(Pattern.compile("1 to 64 characters of"));
        field(dialog, "Name").fill("Thermometer");
        field(dialog, "Device ID").fill(deviceId);
        button(dialog, "Add device").click();

        assertThat(tab.heading("Thermometer")).isVisible();
        assertThat(tab.page().getByText("Device created. Waiting for the first message…"))
                .isVisible();
        assertThat(tab.page().getByLabel("Line to publish with"))
                .hasValue(
                        "mosquitto_pub -h localhost -p %d -u USER -P PASSWORD -q 1 -t 'devices/%s/telemetry' -m '{\"temperature\": 21.5}'"
                                .formatted(demoBrokerPort(), deviceId));
        assertThat(tab.page().getByText("No data yet.", exactly())).isVisible();

        try (TestDevice device = TestDevice.connect(demoBrokerPort(), "user", "pass")) {
            device.listen("devices/" + deviceId + "/commands");
            device.publish("devices/" + deviceId + "/telemetry", "{\"temperature\": 21.75}");
            assertThat(tab.page().getByText("The first message has arrived.")).isVisible();
            Locator values = tab.role(AriaRole.REGION, "Latest values");
            assertThat(values).containsText("temperature");
            assertThat(values).containsText("21.75");
            Locator lead = tab.page().locator(".device-lead");
            assertThat(lead).containsText("Online");
            assertThat(tab.colourOf(tab.dot(lead), "fill").isGreen()).isTrue();
            assertThat(tab.page().locator("canvas")).isVisible();
            device.publish("devices/" + deviceId + "/telemetry", "{\"temperature\": -3.5}");
            assertThat(values).containsText("-3.5");

            Locator command = tab.role(AriaRole.REGION, "Send a command");
            field(command, "Payload").fill("{\"led\": ");
            button(command, "Send").click();
            assertThat(field(command, "Payload")).hasAccessibleDescription(Pattern.compile("This is not JSON"));
            field(command, "Payload").fill("{\"led\": \"on\"}");
            button(command, "Send").click();
            assertThat(command.getByRole(AriaRole.STATUS))
                    .containsText(Pattern.compile("The broker took it at \\d\\d:"));
            assertThat(command.getByRole(AriaRole.STATUS)).containsText("devices/" + deviceId + "/commands");
            assertThat(Objects.requireNonNull(device.next())).isEqualToIgnoringWhitespace("{\"led\":\"on\"}");

            device.publish("devices/" + deviceId + "/telemetry", "<b>not</b> a number");
            assertThat(tab.page().getByText("1 message could not be read"))
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(5_000));
            assertThat(tab.page().getByRole(AriaRole.MAIN)).containsText("<b>not</b> a number");
            assertThat(tab.page().getByRole(AriaRole.MAIN)).containsText(Pattern.compile(": \\w.*(number|JSON)"));
        }
    }

    @Test
    void aCommandThatDoesNotGetThroughSaysWhy() {
        Somebody somebody = newUser();
        long broker = createBroker(somebody.api(), passiveBroker("Switched off"));
        long device = createDevice(somebody.api(), broker, "lamp");
        Tab tab = tab(somebody.api()).go("/devices/" + device).live();
        Locator command = tab.role(AriaRole.REGION, "Send a command");
        button(command, "Send").click();
        assertThat(command.getByRole(AriaRole.STATUS)).containsText("The command did not get through");
        assertThat(command.getByRole(AriaRole.STATUS)).containsText(Pattern.compile("not connected|disconnected"));
        assertThat(tab.page().locator(".device-lead")).containsText("Unknown");
    }

    @Test
    void aWeekIsShownInSumsAndSavedAsAFile() throws Exception {
        Somebody somebody = newUser();
        long device = createDevice(somebody.api(), createBroker(somebody.api(), passiveBroker("Week")), "week");
        store(somebody.id(), device);
        Tab tab = tab(somebody.api()).go("/devices/" + device).live();
        tab.button("7 d").click();
        assertThat(tab.page()
                        .getByRole(
                                AriaRole.IMG,
                                named("averages over 1 h from .* temperature: latest .*, lowest 15, highest 25")))
                .isVisible();
        assertThat(tab.page().locator("canvas")).isVisible();
        Download download =
                tab.page().waitForDownload(() -> tab.button("Download CSV").click());
        assertThat(download.suggestedFilename()).isEqualTo("readings-week.csv");
        try (Stream<String> lines = Files.lines(download.path())) {
            assertThat(lines).hasSize(1 + 3 * READINGS).first().isEqualTo("time,device_id,device_name,metric,value");
        }
    }

    private static final int READINGS = 600;

    /** A reading every ten minutes; at 15, 20 and 25 degrees in turn. */
    private void store(long user, long device) {
        List<Object[]> rows = new ArrayList<>();
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        for (int i = 0; i < READINGS; i++) {
            rows.add(new Object[] {
                user,
                Long.toString(device),
                now.minusMinutes(10L * i),
                json("{'temperature':%d,'humidity':%d,'battery':%d}".formatted(15 + 5 * (i % 3), i % 100, i % 7))
            });
        }
        jdbc.batchUpdate(
                "insert into sensor_data (user_id, device_table_id, device_id, measured_at, readings) values (?, ?, 'week', ?, ?)",
                rows);
    }

    private static com.microsoft.playwright.Page.GetByRoleOptions named(String pattern) {
        return new com.microsoft.playwright.Page.GetByRoleOptions().setName(Pattern.compile(pattern));
    }

    private static com.microsoft.playwright.Page.GetByTextOptions exactly() {
        return new com.microsoft.playwright.Page.GetByTextOptions().setExact(true);
    }
}
