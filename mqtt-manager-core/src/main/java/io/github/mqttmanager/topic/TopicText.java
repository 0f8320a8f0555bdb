package io.github.mqttmanager.topic;

import java.nio.charset.StandardCharsets;

/** What names, filters and templates have in common: the rules for UTF-8 strings (MQTT 5 sections 1.5.4 and 4.7.3). */
final class TopicText {
    private static final int MAX_BYTES = 65_535;

    private TopicText() {}

    static String check(String value, String what) {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(what + " must not be empty");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException(what + " must not contain NUL");
            }
            // Allowed by MQTT ("should not"), but no broker's administrator wants them, and they forge log lines.
            if (Character.isISOControl(c) || (c >= '\uFDD0' && c <= '\uFDEF') || c >= '\uFFFE') {
                throw new IllegalArgumentException(what + " must not contain control or non-characters");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException(what + " must be well-formed Unicode");
                }
                i++;
            }
        }
        if (value.length() > MAX_BYTES / 4 && value.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new IllegalArgumentException(what + " must not be longer than " + MAX_BYTES + " bytes");
        }
        return value;
    }
}
