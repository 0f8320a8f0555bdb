package io.github.mqttmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.net.URISyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketTargetTest {
    /** As the client does it. */
    private static String sent(WebSocketTarget target) throws URISyntaxException {
        URI uri = new URI("ws", null, "broker.example", 80, target.path(), target.query(), null);
        return uri.getRawPath() + (target.query().isEmpty() ? "" : "?" + uri.getRawQuery());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/mqtt",
                "/",
                "/a%20b/c",
                "/mqtt?x=1&y=2",
                "/mqtt?x=a+b",
                "/mqtt?q=%25%23%20%22",
                "/50%25/%3F",
                "/mqtt?x=a=b?c"
            })
    void whatIsSentIsWhatWasAskedFor(String asked) throws URISyntaxException {
        assertThat(sent(WebSocketTarget.of(asked))).isEqualTo(asked);
    }

    /** A slash, a colon or an equals sign means the same in a value of a query, encoded or not. */
    @Test
    void whatMeansTheSameMayBeSentPlain() throws URISyntaxException {
        assertThat(sent(WebSocketTarget.of("/mqtt?c=A%2Fb%3D%3A"))).isEqualTo("/mqtt?c=A/b=:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a%2Fb",
                "/a%2fb?x",
                "/mqtt?x=a%26b",
                "/mqtt?secret%2Bx",
                "/mqtt?secret%2bx",
                "/secret%",
                "/x?%zz"
            })
    void whatWouldBecomeSomethingElseIsRefusedWithoutBeingRepeated(String asked) {
        assertThatExceptionOfType(WebSocketTarget.Unsendable.class)
                .isThrownBy(() -> WebSocketTarget.of(asked))
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("secret"));
    }
}
