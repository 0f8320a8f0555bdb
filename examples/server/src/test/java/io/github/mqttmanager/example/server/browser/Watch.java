package io.github.mqttmanager.example.server.browser;

import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Notes within the page when a broker's dot changes its shape, when somebody clicks and when the server has answered: to the millisecond,
 * by the clock that all browsers of this machine share, and without asking the page again and again.
 */
final class Watch {
    private static final String SCRIPT = """
            (() => {
              window.watched = { shapes: [], clicks: [] };
              const last = {};
              const look = () => {
                for (const row of document.querySelectorAll('li.broker-row')) {
                  const name = row.getAttribute('aria-label');
                  const shape = row.querySelector('svg[data-shape]')?.dataset.shape;
                  if (last[name] !== shape) {
                    last[name] = shape;
                    window.watched.shapes.push({ name, shape, at: Date.now() });
                  }
                }
              };
              new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
              document.addEventListener('click', () => window.watched.clicks.push(Date.now()), true);
            })()""";

    private static final String ANSWERED = """
            () => Math.max(0, ...performance.getEntriesByType('resource')
              .filter(entry => entry.name.endsWith('/control'))
              .map(entry => performance.timeOrigin + entry.responseEnd))""";

    private final Page page;

    private Watch(Page page) {
        this.page = page;
    }

    /** Must come before the page is loaded. */
    static Watch over(Tab tab) {
        tab.page().addInitScript(SCRIPT);
        return new Watch(tab.page());
    }

    /** When the dot of the broker last became this shape. */
    double becameAt(String broker, String shape) {
        return ((List<?>) Objects.requireNonNull(page.evaluate("() => window.watched.shapes")))
                .stream()
                        .map(entry -> (Map<?, ?>) entry)
                        .filter(entry -> broker.equals(entry.get("name")) && shape.equals(entry.get("shape")))
                        .mapToDouble(entry -> ((Number) Objects.requireNonNull(entry.get("at"))).doubleValue())
                        .max()
                        .orElseThrow();
    }

    double clickedAt() {
        return ((List<?>) Objects.requireNonNull(page.evaluate("() => window.watched.clicks")))
                .stream()
                        .mapToDouble(entry -> ((Number) entry).doubleValue())
                        .max()
                        .orElseThrow();
    }

    /** When the last answer to a connect or disconnect was there. */
    double answeredAt() {
        return ((Number) page.evaluate(ANSWERED)).doubleValue();
    }
}
