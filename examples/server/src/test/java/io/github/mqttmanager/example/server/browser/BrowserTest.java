package io.github.mqttmanager.example.server.browser;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.github.mqttmanager.example.server.Api;
import io.github.mqttmanager.example.server.ServerTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A test of the page in a real browser against the whole server. Every tab must stay free of trouble that the test did not announce. */
@ExtendWith(Chromium.class)
abstract class BrowserTest extends ServerTest {
    private final List<Tab> tabs = new ArrayList<>();

    /** What a failed test saw last. */
    @RegisterExtension
    final AfterTestExecutionCallback pictures = context -> {
        if (context.getExecutionException().isPresent()) {
            for (int i = 0; i < tabs.size(); i++) {
                tabs.get(i)
                        .page()
                        .screenshot(new Page.ScreenshotOptions()
                                .setPath(Path.of(
                                        "target",
                                        "browser",
                                        getClass().getSimpleName() + "-"
                                                + context.getRequiredTestMethod()
                                                        .getName() + "-" + i + ".png")));
            }
        }
    };

    @AfterEach
    void noTrouble() {
        try {
            tabs.forEach(Tab::assertNoTrouble);
        } finally {
            tabs.forEach(Tab::close);
        }
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    private Tab tab(String url, Tab.Look look) {
        Tab tab = Tab.open(url, look);
        tabs.add(tab);
        return tab;
    }

    /** A new browser that reaches the server by another way. */
    Tab tab(String url) {
        return tab(url, Tab.Look.USUAL);
    }

    /** A new browser, signed out. */
    Tab tab(Tab.Look look) {
        return tab(url(), look);
    }

    Tab tab() {
        return tab(Tab.Look.USUAL);
    }

    /** A new browser in which somebody is signed in. */
    Tab tab(Api user) {
        return tab().signedIn(user.token());
    }

    static Tab.Look look(int width, ColorScheme colours) {
        return new Tab.Look(width, 900, colours);
    }
}
