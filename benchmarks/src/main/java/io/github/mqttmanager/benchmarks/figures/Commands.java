package io.github.mqttmanager.benchmarks.figures;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The answering side of a {@link Child}: a line of words comes in, a line goes out. */
final class Commands {
    /** Longer than any scenario: who was forgotten ends by himself. */
    private static final Duration LIFE = Duration.ofMinutes(40);

    private final Map<String, Command> commands = new HashMap<>();

    @FunctionalInterface
    interface Command {
        /** @param words the first is the command's name */
        String run(String[] words) throws Exception;
    }

    Commands on(String name, Command command) {
        commands.put(name, command);
        return this;
    }

    /** Answers until the input ends. On the caller's thread. */
    void serve() throws IOException {
        long began = System.nanoTime();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine();
                line != null && System.nanoTime() - began < LIFE.toNanos();
                line = lines.readLine()) {
            String[] words = line.trim().split(" ");
            Command command = commands.get(words[0]);
            try {
                System.out.println(command == null ? "failed: unknown command " + words[0] : command.run(words));
            } catch (Exception e) {
                System.out.println("failed: " + e.toString().replace('\n', ' '));
            }
        }
    }
}
