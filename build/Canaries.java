import io.github.mqttmanager.test.Canary;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Looks for the secrets that tests planted (target/canaries.txt of each module) in what the build left behind: the reports and the output of all
 * tests, and all logs. Ends with an error where one is found, where none was planted, or where its own search finds nothing that it plants.
 *
 * <p>Run with the classes of mqtt-manager-test: {@code java -cp mqtt-manager-test/target/classes build/Canaries.java .}; with {@code --check}
 * it only shows that it would find something.
 */
class Canaries {
    private static final Set<String> REPORTS = Set.of("surefire-reports", "failsafe-reports", "site");

    public static void main(String[] arguments) throws IOException {
        if (!findsWhatIsPlanted()) {
            System.out.println("Canaries: the search does not find what is planted openly");
            System.exit(1);
        }
        if (arguments[0].equals("--check")) {
            System.out.println("Canaries: what is planted openly in a report or a log is found");
            return;
        }
        if (!search(Path.of(arguments[0]), true)) {
            System.exit(1);
        }
    }

    /** A tree like that of a build, with a secret in the output of a test. */
    private static boolean findsWhatIsPlanted() throws IOException {
        Path tree = Files.createTempDirectory("canaries");
        try {
            Canary planted = Canary.generate("planted");
            Path target = Files.createDirectories(tree.resolve("module/target/surefire-reports")).getParent();
            Files.writeString(target.resolve("canaries.txt"), planted.text() + "\n");
            boolean clean = search(tree, false);
            Files.writeString(target.resolve("surefire-reports/SomeTest-output.txt"), "password=" + planted.text());
            boolean report = !search(tree, false);
            Files.delete(target.resolve("surefire-reports/SomeTest-output.txt"));
            Files.writeString(target.resolve("server.log"), "password=" + planted.text());
            return clean && report && !search(tree, false);
        } finally {
            try (Stream<Path> all = Files.walk(tree)) {
                for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    /** @return whether secrets were planted, and none was found */
    private static boolean search(Path root, boolean say) throws IOException {
        Set<String> planted = new TreeSet<>();
        List<Path> places = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = String.valueOf(directory.getFileName());
                return Set.of("node_modules", ".git", "src").contains(name)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = file.getFileName().toString();
                if (name.equals("canaries.txt")) {
                    planted.addAll(Files.readAllLines(file));
                } else if (name.endsWith(".log") || REPORTS.contains(file.getParent().getFileName().toString())) {
                    places.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // gone in the meantime
            }
        });
        List<Canary> canaries = planted.stream().map(Canary::of).toList();
        List<String> hits = new ArrayList<>();
        long bytes = 0;
        for (Path place : places) {
            byte[] content = Files.readAllBytes(place);
            bytes += content.length;
            for (Canary canary : canaries) {
                canary.in(content).ifPresent(form -> hits.add(place + ": " + canary.text() + " (" + form + ")"));
            }
        }
        if (say) {
            hits.forEach(System.out::println);
            System.out.printf(
                    "Canaries: %d secrets planted by tests, looked for in %d reports and logs (%d MB): %d hits%n",
                    canaries.size(), places.size(), bytes / 1_000_000, hits.size());
        }
        return !canaries.isEmpty() && hits.isEmpty();
    }
}
