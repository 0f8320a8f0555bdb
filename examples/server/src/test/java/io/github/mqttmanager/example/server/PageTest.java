package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The page and the headers around it. */
class PageTest extends ServerTest {
    @Test
    void deepLinksReload() {
        String page = anonymous().get("/", "Accept", "text/html").is(200).body();
        assertThat(page).containsIgnoringCase("<!doctype html>");
        for (String place : new String[] {"/statistics", "/devices/5", "/a/b/c", "/index.html"}) {
            Api.Answer answer =
                    anonymous().get(place, "Accept", "text/html,*/*;q=0.8").is(200);
            assertThat(answer.body()).isEqualTo(page);
            assertThat(answer.header("cache-control")).hasValue("no-cache");
            assertThat(answer.header("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
        }
        anonymous().get("/missing.js", "Accept", "text/html").isProblem(404, "NOT_FOUND");
        anonymous().get("/assets/missing", "Accept", "text/html").isProblem(404, "NOT_FOUND");
        anonymous().get("/devices", "Accept", "application/json").isProblem(404, "NOT_FOUND");
    }

    @Test
    void headersProtectThePage() {
        Api.Answer answer = anonymous().get("/", "Accept", "text/html");
        assertThat(answer.header("content-security-policy"))
                .hasValue(
                        "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'");
        assertThat(answer.header("x-content-type-options")).hasValue("nosniff");
        assertThat(answer.header("referrer-policy")).hasValue("no-referrer");
        assertThat(answer.header("x-frame-options")).hasValue("DENY");
        assertThat(answer.header("set-cookie")).isEmpty();
        assertThat(answer.header("server")).isEmpty();
    }

    @Test
    void theDescriptionIsAPage() {
        Api.Answer page = anonymous().get("/swagger-ui/index.html").is(200);
        assertThat(page.header("content-security-policy").orElseThrow()).contains("'unsafe-inline'");
        String description = anonymous().get("/v3/api-docs").is(200).body();
        assertThat(description).contains("\"broker_host\"").doesNotContain("\"brokerHost\"");
    }

    @Test
    void healthSaysOnlyWhetherItIs() {
        assertThat(anonymous().get("/actuator/health").is(200).body()).isEqualTo("{\"status\":\"UP\"}");
        anonymous().get("/actuator").is(200);
        anonymous().get("/actuator/beans").isProblem(404, "NOT_FOUND");
    }
}
