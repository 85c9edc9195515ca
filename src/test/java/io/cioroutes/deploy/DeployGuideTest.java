package io.cioroutes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/deploy.md names exists: files, Terraform variables and outputs, secrets, environment variables. */
class DeployGuideTest {

    private static final Pattern PATH = Pattern.compile(
            "(?<![\\w./~:-])((?:terraform|deploy|src|\\.github)/[\\w./-]+\\w|docker-compose\\.yml|\\.env\\.example|Dockerfile)");
    private static final Pattern OUTPUT = Pattern.compile("terraform(?: -chdir=terraform)? output (?:-raw )?(\\w+)");
    private static final Pattern ARGUMENT = Pattern.compile("-var (\\w+)=");
    private static final Pattern SETTING = Pattern.compile("`(\\w+)(?: =[^`]*)?`");
    private static final Pattern SECRET =
            Pattern.compile("customerio-routes-((?:customerio|rabbitmq|operator|sends)-[\\w-]+)");
    private static final Pattern ENVIRONMENT =
            Pattern.compile("\\b((?:CIO|SPRING|CUSTOMERIO|BIGQUERY|MANAGEMENT|SERVER)_[A-Z_]+)\\b");

    private final String terraform =
            String.join("\n", Project.readAll("terraform").values());

    private List<String> findings(String guide) {
        List<String> findings = new ArrayList<>();
        all(PATH, guide)
                .filter(path -> !Files.exists(Project.ROOT.resolve(path)))
                .forEach(path -> findings.add("there is no " + path));
        all(OUTPUT, guide)
                .filter(output -> !terraform.contains("output \"" + output + "\""))
                .forEach(output -> findings.add("there is no output " + output));
        Set<String> lowerCase = all(SETTING, guide)
                .filter(name -> name.matches("[a-z]+(_[a-z]+)+"))
                .collect(Collectors.toSet());
        Stream.concat(all(ARGUMENT, guide), lowerCase.stream())
                .filter(name -> !terraform.contains("variable \"" + name + "\""))
                .filter(name -> !terraform.contains("output \"" + name + "\""))
                .filter(name -> !Set.of(
                                "vm_memory_high_watermark", "disk_free_limit", "max_message_size", "message_events")
                        .contains(name))
                .forEach(name -> findings.add("there is no variable " + name));
        all(SECRET, guide)
                .filter(secret -> !terraform.contains(secret + " = {"))
                .forEach(secret -> findings.add("there is no secret " + secret));
        findings.addAll(new ServiceSettings()
                .unread("deploy.md", all(ENVIRONMENT, guide).collect(Collectors.toSet())));
        return findings;
    }

    private static Stream<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).distinct();
    }

    @Test
    void nothingIsWrong() {
        assertThat(findings(Project.read("docs/deploy.md"))).isEmpty();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    terraform/variables.tf | terraform/inputs.tf | there is no terraform/inputs.tf
                    output webhook_url | output webhook | there is no output webhook
                    -var deploy_workloads | -var deploy_workload | there is no variable deploy_workload
                    `deletion_protection` | `delete_protection` | there is no variable delete_protection
                    customerio-routes-operator-password | customerio-routes-operator-pass | there is no secret operator-pass
                    CIO_TRACK_CALLS | CIO_TRACK_CALL | the service does not read CIO_TRACK_CALL, did you mean CIO_TRACK_CALLS?
                    """)
    void aMistakeIsFound(String right, String wrong, String finding) {
        String guide = Project.read("docs/deploy.md");
        assertThat(guide).contains(right);

        assertThat(findings(guide.replace(right, wrong)))
                .anySatisfy(line -> assertThat(line).contains(finding));
    }
}
