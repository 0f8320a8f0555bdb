package io.github.mqttmanager.example.server.user;

import io.github.mqttmanager.example.server.web.RequestFields;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What names and passwords must be like. */
public final class UserRules {
    static final String USERNAME = "[A-Za-z0-9._@-]{3,50}";

    /** The shortest password. */
    static final int MIN_PASSWORD = 12;

    /** What bcrypt takes into account. */
    static final int MAX_PASSWORD_BYTES = 72;

    private static final Pattern USERNAME_PATTERN = Pattern.compile(USERNAME);

    private UserRules() {}

    static boolean isUsername(String text) {
        return USERNAME_PATTERN.matcher(text).matches();
    }

    /** What is wrong with a new password, or null. */
    static @Nullable String wrongWith(String password) {
        if (password.codePointCount(0, password.length()) < MIN_PASSWORD) {
            return "must have at least " + MIN_PASSWORD + " characters";
        }
        return isTooLong(password) ? "must not be longer than " + MAX_PASSWORD_BYTES + " bytes" : null;
    }

    static boolean isTooLong(String password) {
        return password.getBytes(StandardCharsets.UTF_8).length > MAX_PASSWORD_BYTES;
    }

    /** A new password from the request, refused there when it is too short or too long. */
    public static String newPassword(RequestFields fields, String field) {
        String password = fields.text(field, null, 1000);
        if (fields.isFine(field)) {
            String wrong = wrongWith(password);
            if (wrong != null) {
                fields.refuse(field, wrong);
            }
        }
        return password;
    }
}
