package io.github.mqttmanager.example.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.github.mqttmanager.example.server.browser.Tab.button;
import static io.github.mqttmanager.example.server.browser.Tab.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

/** The connection test in the broker's form. */
class TrialBrowserTest extends BrowserTest {
    private Locator form(Tab tab, int port) {
        tab.go("/").live();
        tab.button("Add broker").click();
        Locator dialog = tab.dialog();
        field(dialog, "Host").fill("localhost");
        field(dialog, "Port").fill(String.valueOf(port));
        return dialog;
    }

    private static Locator result(Locator dialog) {
        return dialog.getByRole(AriaRole.REGION, new Locator.GetByRoleOptions().setName("Connection test"));
    }

    @Test
    void aWrongPasswordIsFoundBeforeItIsSavedAndTheRightOneWorks() {
        Somebody somebody = newUser();
        Tab tab = tab(somebody.api());
        Locator dialog = form(tab, demoBrokerPort());
        field(dialog, "User name").fill("user");
        field(dialog, "Password").fill("wrong");
        button(dialog, "Test connection").click();
        Locator result = result(dialog);
        assertThat(result).containsText("Login (CONNECT) failed");
        assertThat(result).containsText("Topics (SUBSCRIBE) not reached");
        assertThat(result).containsText("User name or password wrong");
        assertThat(result).containsText("Check the user name and enter the password again.");
        assertThat(field(dialog, "Password")).hasValue("wrong");

        field(dialog, "Password").fill("pass");
        assertThat(result).containsText("Of the settings before your last change.");
        button(dialog, "Test connection").click();
        assertThat(result).containsText("The connection works");
        assertThat(result).containsText("Granted by the broker");
        assertThat(somebody.api().get("/api/mqtt-brokers/brokers").json().size())
                .isZero();
    }

    @Test
    void aTestThatIsCancelledEndsAtOnceAndTheFormStays() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            silent.setSoTimeout(20_000);
            Tab tab = tab(newUser().api());
            Locator dialog = form(tab, silent.getLocalPort());
            button(dialog, "Test connection").click();
            try (Socket tested = silent.accept()) {
                tested.setSoTimeout(20_000);
                InputStream in = tested.getInputStream();
                assertThat(in.read()).isEqualTo(0x10);
                button(dialog, "Cancel the test").click();
                long cancelled = System.nanoTime();
                untilTheEnd(in);
                // left alone it would wait for 10 s
                assertThat((System.nanoTime() - cancelled) / 1_000_000).isLessThan(5_000);
            }
            assertThat(result(dialog)).hasCount(0);
            assertThat(field(dialog, "Host")).hasValue("localhost");
        }
    }

    private static void untilTheEnd(InputStream in) throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException e) {
            // a reset is an end, too
        }
    }
}
