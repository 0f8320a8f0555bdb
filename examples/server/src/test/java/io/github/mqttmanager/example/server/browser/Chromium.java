package io.github.mqttmanager.example.server.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The system's Chromium, one process for all tests. Where it or the page is missing, each test is skipped and says why. */
final class Chromium implements ExecutionCondition, BeforeEachCallback {
    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private static @Nullable Process process;

    /** Ends with the last test. */
    private record Process(Playwright playwright, Browser browser) implements AutoCloseable {
        static Process start() {
            Playwright playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            return new Process(
                    playwright,
                    playwright
                            .chromium()
                            .launch(new BrowserType.LaunchOptions()
                                    .setExecutablePath(PROGRAM)
                                    .setArgs(ARGUMENTS)));
        }

        @Override
        public void close() {
            browser.close();
            playwright.close();
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        // By test, not by class: so all that were skipped are counted.
        if (context.getTestMethod().isEmpty()) {
            return ConditionEvaluationResult.enabled("decided for each test");
        }
        if (!Files.isExecutable(PROGRAM)) {
            return skipped("there is no " + PROGRAM + ": install the package chromium");
        }
        if (Chromium.class.getClassLoader().getResource("static/index.html") == null) {
            return skipped("the page was left out of this build (-DskipUi)");
        }
        return ConditionEvaluationResult.enabled("Chromium and the page are there");
    }

    private static ConditionEvaluationResult skipped(String why) {
        return ConditionEvaluationResult.disabled("Browser test not run: " + why);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        process = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(Chromium.class))
                .computeIfAbsent(Process.class, type -> Process.start(), Process.class);
    }

    static Browser browser() {
        if (process == null) {
            throw new IllegalStateException("no test has begun");
        }
        return process.browser();
    }
}
