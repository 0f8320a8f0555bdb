package io.github.mqttmanager.example.server.security;

import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.web.Attempts;
import io.github.mqttmanager.example.server.web.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Slows down whoever guesses passwords: by account, whether it exists or not, and by address. */
@Component
class LoginLimits {
    private final Attempts accounts;
    private final Attempts addresses;

    LoginLimits(ServerProperties properties) {
        ServerProperties.Login login = properties.login();
        accounts = new Attempts(login.perAccount(), login.refill(), Clock.systemUTC());
        addresses = new Attempts(login.perAddress(), login.refill(), Clock.systemUTC());
    }

    /**
     * Does the check if a try is left; one that fails has used it up.
     *
     * @throws ProblemException if too many failed
     */
    boolean attempt(String account, String address, Supplier<Boolean> check) {
        String accountKey = account.toLowerCase(Locale.ROOT);
        Duration wait = addresses.take(address);
        if (wait.isZero()) {
            wait = accounts.take(accountKey);
            if (!wait.isZero()) {
                addresses.giveBack(address);
            }
        }
        if (!wait.isZero()) {
            throw ProblemException.tooManyAttempts(wait);
        }
        boolean right = check.get();
        if (right) {
            addresses.giveBack(address);
            accounts.forget(accountKey);
        }
        return right;
    }
}
