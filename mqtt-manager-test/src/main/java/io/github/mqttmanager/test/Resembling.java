package io.github.mqttmanager.test;

import java.util.List;

/** Ids that are easily taken for each other, or put in another order in another place: they are all different. */
final class Resembling {
    static final List<String> IDS = List.of(
            "a",
            "A",
            "a-",
            "a_",
            "a%",
            "a.b",
            "a0",
            "a00",
            "a1",
            "a10",
            "a2",
            "aa",
            "ab",
            "Ab",
            "\u00e4", // one character
            "a\u0308", // the same to look at, of two
            "\u00e9",
            "e",
            "z",
            "Z",
            "\u00df",
            "ss",
            "i",
            "I",
            "\u0131",
            "\u0130",
            "\uffee", // before the next by characters of Java, after it by bytes
            "\ud83d\ude80",
            "'",
            "\\",
            "0",
            "00",
            "-",
            "x".repeat(63),
            "x".repeat(64));

    private Resembling() {}
}
