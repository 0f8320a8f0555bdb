package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of one broker. */
class BrokerPageBrowserTest extends BrowserTest {
    private static Locator history(Tab tab) {
        return tab.role(AriaRole.LIST, "History");
    }

    @Test
    void theHistoryGrowsByItselfAndNamesWhoDidIt() {
        Somebody somebody = newUser();
        createDemoBroker(somebody.api());
        Tab tab = tab(somebody.api()).go("/").live();
        tab.role(AriaRole.LINK, "House").click();
        assertThat(tab.heading("House")).isVisible();
        assertThat(history(tab).getByRole(AriaRole.LISTITEM).first()).containsText("Connected");
        assertThat(tab.role(AriaRole.REGION, "Granted by the broker")).containsText("Keep alive20 s");
        tab.button("Disconnect").click();
        assertThat(history(tab))
                .containsText(Pattern.compile(
                        "Disconnected.*Disconnecting was asked for by " + somebody.name(), Pattern.DOTALL));
        tab.button("Connect").click();
        assertThat(history(tab)).containsText("Connecting was asked for by " + somebody.name());
        assertThat(history(tab).getByRole(AriaRole.LISTITEM).first()).containsText("Connected");
    }

    @Test
    void theGalleryShowsTheCertificateThatIsNotTrusted() {
        Tab tab = tab(admin()).go("/").live();
        tab.role(AriaRole.LINK, "Unknown CA (gallery)").click();
        assertThat(tab.role(AriaRole.REGION, "Certificate")).containsText("Demo authority");
        assertThat(tab.role(AriaRole.REGION, "Connection")).containsText("Certificate not trusted");
        assertThat(history(tab)).containsText("Attempt failed");
    }
}
