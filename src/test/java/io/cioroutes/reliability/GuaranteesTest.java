package io.cioroutes.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Every promise, and every workaround, in the documentation names a test that exists. */
class GuaranteesTest {

    private static final List<Path> DOCUMENTS = List.of(Path.of("docs/guarantees.md"), Path.of("docs/workarounds.md"));
    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern REFERENCE = Pattern.compile("`(\\w+(?:IT|Test))#(\\w+)`");
    private static final Pattern CASE = Pattern.compile("`([\\w-]+\\.yaml)`");
    /** A promise: an item of a list, with the lines that belong to it. */
    private static final Pattern ITEM = Pattern.compile("^- .*(?:\\R  .*)*", Pattern.MULTILINE);

    @TestFactory
    Stream<DynamicTest> namedTestsExist() throws IOException {
        List<MatchResult> references = matches(REFERENCE);
        assertThat(references).isNotEmpty();
        return references.stream()
                .map(reference -> DynamicTest.dynamicTest(
                        reference.group(1) + "#" + reference.group(2),
                        () -> assertThat(tests(reference.group(1))).contains(reference.group(2))));
    }

    @Test
    void everyPromiseNamesATest() throws IOException {
        assertThat(matches(ITEM)).isNotEmpty().extracting(MatchResult::group).allMatch(item -> REFERENCE
                .matcher(item)
                .find());
    }

    @TestFactory
    Stream<DynamicTest> namedRouteCasesExist() throws IOException {
        return matches(CASE).stream()
                .map(name -> DynamicTest.dynamicTest(name.group(1), () -> {
                    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/cases"))) {
                        assertThat(files).anyMatch(file -> file.endsWith(name.group(1)));
                    }
                }));
    }

    private static List<MatchResult> matches(Pattern pattern) throws IOException {
        List<MatchResult> found = new ArrayList<>();
        for (Path document : DOCUMENTS) {
            found.addAll(pattern.matcher(Files.readString(document)).results().toList());
        }
        return found;
    }

    /** The names of the tests of a class, found by its simple name. */
    private static List<String> tests(String simpleName) throws IOException, ClassNotFoundException {
        Path file;
        try (Stream<Path> files = Files.walk(TESTS)) {
            file = files.filter(path -> path.endsWith(simpleName + ".java"))
                    .findFirst()
                    .orElseThrow();
        }
        String name =
                TESTS.relativize(file).toString().replaceAll("[/\\\\]", ".").replaceFirst("\\.java$", "");
        return Arrays.stream(Class.forName(name).getDeclaredMethods())
                .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
                .map(java.lang.reflect.Method::getName)
                .toList();
    }
}
