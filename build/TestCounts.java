import java.io.IOException;
import java.io.StringReader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * Counts the tests that were really executed, by capability, and ends with an error where there are fewer than the minimum: a suite that
 * runs nothing is not green.
 *
 * <p>Reads the reports of all modules, and {@code build/test-minimums.properties}: {@code capability = minimum, pattern of the test's class
 * name}. A capability whose name ends with {@code ?} needs a program that may be missing on a developer's machine: there it may be skipped,
 * in CI it may not.
 */
class TestCounts {
    record Count(int executed, int skipped) {
        Count plus(int e, int s) {
            return new Count(executed + e, skipped + s);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        boolean ci = "true".equals(System.getenv("CI"));
        Map<String, Count> byClass = new TreeMap<>();
        for (Path report : reports(root)) {
            // What a test printed stands there as it is, also where XML does not allow it.
            String text = Files.readString(report).replaceAll("[^\\t\\n\\r -\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", " ");
            Element suite = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(text)))
                    .getDocumentElement();
            NodeList cases = suite.getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                Element test = (Element) cases.item(i);
                boolean skipped = test.getElementsByTagName("skipped").getLength() > 0;
                byClass.merge(
                        test.getAttribute("classname"),
                        new Count(skipped ? 0 : 1, skipped ? 1 : 0),
                        (a, b) -> a.plus(b.executed(), b.skipped()));
            }
        }
        Properties minimums = new Properties();
        try (var reader = Files.newBufferedReader(root.resolve("build/test-minimums.properties"))) {
            minimums.load(reader);
        }
        List<String> failures = new ArrayList<>();
        System.out.printf("%n%-34s %9s %8s %8s%n", "capability", "executed", "skipped", "minimum");
        for (String capability : new java.util.TreeSet<>(minimums.stringPropertyNames())) {
            String[] parts = minimums.getProperty(capability).split(",", 2);
            int minimum = Integer.parseInt(parts[0].trim());
            Pattern pattern = Pattern.compile(parts[1].trim());
            Count count = new Count(0, 0);
            for (Map.Entry<String, Count> entry : byClass.entrySet()) {
                if (pattern.matcher(entry.getKey()).find()) {
                    count = count.plus(entry.getValue().executed(), entry.getValue().skipped());
                }
            }
            boolean optional = capability.endsWith("?") && !ci;
            boolean few = count.executed() < minimum;
            System.out.printf(
                    "%-34s %9d %8d %8d%s%n",
                    capability, count.executed(), count.skipped(), minimum, few ? optional ? "  (not here)" : "  TOO FEW" : "");
            if (few && !optional) {
                failures.add(capability);
            }
        }
        int executed = byClass.values().stream().mapToInt(Count::executed).sum();
        int skipped = byClass.values().stream().mapToInt(Count::skipped).sum();
        System.out.printf("%-34s %9d %8d%n%n", "all", executed, skipped);
        if (!failures.isEmpty()) {
            System.out.println("Too few tests were executed for: " + String.join(", ", failures));
            System.exit(1);
        }
    }

    private static List<Path> reports(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = String.valueOf(directory.getFileName());
                return name.equals("node_modules") || name.equals(".git") || name.equals("src")
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (name.startsWith("TEST-") && name.endsWith(".xml") && file.getParent().endsWith("surefire-reports")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
