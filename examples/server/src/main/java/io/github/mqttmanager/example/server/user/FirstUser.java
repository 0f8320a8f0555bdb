package io.github.mqttmanager.example.server.user;

import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.setting.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Makes the first user, an administrator, when there is none: named and with the password that the environment says, otherwise with a
 * random password in a file that only the owner of the process can read.
 */
@Component
public class FirstUser implements InitializingBean, UserDeletion {
    private static final Logger LOG = LoggerFactory.getLogger(FirstUser.class);

    private final Users users;
    private final UserService service;
    private final Path passwordFile;
    private final String username;
    private final @Nullable String password;

    FirstUser(
            Users users,
            UserService service,
            ServerProperties properties,
            @Value("${ADMIN_USERNAME:}") String username,
            @Value("${ADMIN_PASSWORD:}") String password) {
        this.users = users;
        this.service = service;
        this.passwordFile = properties.dataDirectory().resolve("initial-admin-password");
        this.username = username.isBlank() ? "admin" : username.strip();
        this.password = password.isEmpty() ? null : password;
    }

    @Override
    public void afterPropertiesSet() throws IOException {
        if (!users.isEmpty()) {
            return;
        }
        if (!UserRules.isUsername(username)) {
            throw new IllegalStateException("ADMIN_USERNAME must have 3 to 50 characters of A-Z a-z 0-9 . _ @ -");
        }
        if (password == null) {
            byte[] random = new byte[18];
            new SecureRandom().nextBytes(random);
            String made = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            PrivateFile.write(passwordFile, (made + "\n").getBytes(StandardCharsets.UTF_8));
            service.create(username, made, true);
        } else {
            if (UserRules.isTooLong(password)) {
                throw new IllegalStateException("ADMIN_PASSWORD " + UserRules.wrongWith(password));
            }
            service.create(username, password, true);
            LOG.info("The first user is {}, with the password from ADMIN_PASSWORD", username);
            if (UserRules.wrongWith(password) != null) {
                LOG.warn("ADMIN_PASSWORD is weak: it {}", UserRules.wrongWith(password));
            }
        }
    }

    /** The first password is of no use once it was changed. */
    @Override
    public void ended(long userId) {
        try {
            if (users.first().map(first -> first.id() == userId).orElse(false)) {
                Files.deleteIfExists(passwordFile);
            }
        } catch (IOException e) {
            LOG.warn("{} could not be deleted, its password is of no use any more", passwordFile, e);
        }
    }

    /** Last of all that is logged at the start, where it is seen. */
    @EventListener(ApplicationReadyEvent.class)
    void announce() {
        Optional<User> first = users.first();
        if (first.isPresent() && Files.exists(passwordFile)) {
            LOG.info(
                    "The first user is {}; the password is in {} until it is changed",
                    first.get().username(),
                    passwordFile.toAbsolutePath().normalize());
        }
    }
}
