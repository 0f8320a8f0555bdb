package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guessing passwords. */
class LoginTest extends ServerTest {
    private Api.Answer attempt(String username, String password) {
        return anonymous()
                .post("/api/auth/login", json("{'username':'%s','password':'%s'}".formatted(username, password)));
    }

    @Test
    void guessesAreSlowedDownByAccount() {
        Somebody victim = newUser();
        for (int i = 0; i < 5; i++) {
            attempt(victim.name(), "guess number " + i).isProblem(401, "BAD_CREDENTIALS");
        }
        Api.Answer refused = attempt(victim.name().toUpperCase(), PASSWORD).isProblem(429, "TOO_MANY_ATTEMPTS");
        assertThat(Integer.parseInt(refused.header("retry-after").orElseThrow()))
                .isBetween(1, 120);
        attempt(newUser().name(), PASSWORD).is(200);
    }

    @Test
    void whoDoesNotExistIsLikeWhoGuessesWrong() {
        Somebody known = newUser();
        Api.Answer wrong = attempt(known.name(), "this is not the one");
        Api.Answer unknown = attempt("nobody-at-all", "this is not the one");
        assertThat(unknown.isProblem(401, "BAD_CREDENTIALS").body())
                .isEqualTo(wrong.isProblem(401, "BAD_CREDENTIALS").body());
        for (int i = 0; i < 4; i++) {
            attempt("nobody-at-all", "guess number " + i).isProblem(401, "BAD_CREDENTIALS");
        }
        attempt("nobody-at-all", "one more").isProblem(429, "TOO_MANY_ATTEMPTS");
    }

    @Test
    void successIsNoGuess() {
        Somebody user = newUser();
        for (int i = 0; i < 8; i++) {
            attempt(user.name(), PASSWORD).is(200);
        }
    }
}
