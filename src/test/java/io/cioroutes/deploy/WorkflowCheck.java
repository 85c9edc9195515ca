package io.cioroutes.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks the workflow against the project, and that it takes no action on trust. */
final class WorkflowCheck {

    private static final Pattern PINNED = Pattern.compile("uses: [\\w./-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");
    private static final Pattern VARIABLE = Pattern.compile("vars\\.(\\w+)");
    private static final Pattern PATH =
            Pattern.compile("(?<![\\w/.])((?:deploy|terraform|environments|src|docs)/[\\w./${}-]+|CHANGELOG\\.md)");

    private final String text;
    private final String outputs;
    private final List<String> findings = new ArrayList<>();

    /**
     * @param text the workflow
     * @param outputs Terraform's outputs.tf, which says what the repository's variables are
     */
    WorkflowCheck(String text, String outputs) {
        this.text = text;
        this.outputs = outputs;
    }

    /** What is wrong. */
    List<String> findings() {
        JsonNode workflow = Documents.yaml(text).get(0);
        text.lines()
                .filter(line -> line.contains("uses: "))
                .filter(line -> !PINNED.matcher(line).find())
                .forEach(line -> findings.add("not pinned to a commit, with its version beside it: " + line.strip()));
        if (!workflow.path("permissions").toString().equals("{\"contents\":\"read\"}")) {
            findings.add("by default a job must only read");
        }
        Set<String> uploaded = new TreeSet<>();
        Set<String> downloaded = new TreeSet<>();
        workflow.path("jobs").properties().forEach(entry -> {
            JsonNode job = entry.getValue();
            if (!job.has("timeout-minutes")) {
                findings.add(entry.getKey() + ": has no time-out");
            }
            job.path("needs").forEach(need -> needs(workflow, entry.getKey(), need.asText()));
            if (job.path("needs").isTextual()) {
                needs(workflow, entry.getKey(), job.path("needs").asText());
            }
            for (JsonNode step : job.path("steps")) {
                String name = step.at("/with/name").asText();
                if (step.path("uses").asText().contains("/upload-artifact@")) {
                    uploaded.add(name);
                } else if (step.path("uses").asText().contains("/download-artifact@")) {
                    downloaded.add(name);
                }
            }
            paths(entry.getKey(), job);
        });
        downloaded.stream()
                .filter(name -> !uploaded.contains(name))
                .forEach(name -> findings.add("nothing uploads " + name));
        VARIABLE.matcher(text)
                .results()
                .map(match -> match.group(1))
                .distinct()
                .filter(name -> !outputs.contains(name))
                .forEach(name -> findings.add("Terraform does not say what the variable " + name + " is"));
        return findings;
    }

    private void needs(JsonNode workflow, String job, String need) {
        if (!workflow.path("jobs").has(need)) {
            findings.add(job + ": there is no job " + need);
        }
    }

    /** Files that commands and inputs name exist, in each environment. */
    private void paths(String name, JsonNode job) {
        String folder = job.at("/defaults/run/working-directory").asText();
        Set<String> paths = PATH.matcher(job.path("steps").toString().replace("${{ matrix.environment }}", "dev"))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
        paths.stream()
                .filter(path -> !Files.exists(Project.ROOT.resolve(folder).resolve(path)))
                .forEach(path -> findings.add(name + ": there is no " + path));
    }
}
