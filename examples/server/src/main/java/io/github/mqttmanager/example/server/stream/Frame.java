package io.github.mqttmanager.example.server.stream;

import org.jspecify.annotations.Nullable;

/**
 * One server-sent event that waits for its client.
 *
 * @param event its name
 * @param data one line of JSON
 * @param key a waiting frame with the same key is replaced by this one; null: it is a reading, of which the oldest may be dropped
 */
record Frame(String event, String data, @Nullable String key) {}
