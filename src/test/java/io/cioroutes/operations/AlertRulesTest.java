package io.cioroutes.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules: when they fire, and what they tell the operator. */
class AlertRulesTest {

    private static final String RUNBOOKS =
            "https://github.com/customerio-routes/customerio-routes/blob/main/docs/operations.md#";

    @TempDir
    private Path directory;

    @Test
    void promtoolAcceptsThem() throws Exception {
        Promtool.requiredOrSkip();

        Promtool.run("check", "rules", Promtool.RULES.toString());
    }

    @Test
    void eachFiresWhenItShouldAndNotBefore() throws Exception {
        List<Map<String, Object>> tests = new ArrayList<>();
        List<String> tested = new ArrayList<>();
        for (JsonNode scenario : scenarios()) {
            AlertRule rule = AlertRule.named(scenario.path("alert").textValue());
            tested.add(rule.name());
            tests.add(Map.of(
                    "interval", "1m", "input_series", series(scenario), "alert_rule_test", expected(rule, scenario)));
        }
        assertThat(tested)
                .as("alerts.yaml has a scenario for every rule")
                .containsAll(AlertRule.all().stream().map(AlertRule::name).toList());
        Promtool.requiredOrSkip();

        Promtool.test(directory, tests);
    }

    private static JsonNode scenarios() throws IOException {
        try (InputStream file = AlertRulesTest.class.getResourceAsStream("/prometheus/alerts.yaml")) {
            return AlertRule.YAML.readTree(file);
        }
    }

    private static List<Map<String, String>> series(JsonNode scenario) {
        List<Map<String, String>> series = new ArrayList<>();
        scenario.path("series")
                .properties()
                .forEach(entry -> series.add(Map.of(
                        "series", entry.getKey(), "values", entry.getValue().asText())));
        return series;
    }

    private static List<Map<String, Object>> expected(AlertRule rule, JsonNode scenario) {
        List<Map<String, Object>> expected = new ArrayList<>();
        scenario.path("at").properties().forEach(moment -> {
            List<Map<String, Object>> alerts = new ArrayList<>();
            for (JsonNode given : moment.getValue()) {
                Map<String, String> labels = new HashMap<>(rule.labels());
                given.properties()
                        .forEach(label ->
                                labels.put(label.getKey(), label.getValue().asText()));
                alerts.add(Map.of("exp_labels", labels, "exp_annotations", rule.annotations()));
            }
            expected.add(Map.of("eval_time", moment.getKey(), "alertname", rule.name(), "exp_alerts", alerts));
        });
        return expected;
    }

    @Test
    void eachTellsWhatToDo() throws IOException {
        String guide = Files.readString(Path.of("docs/operations.md"));

        assertThat(AlertRule.all()).allSatisfy(rule -> {
            assertThat(rule.labels().get("severity")).isIn("warning", "critical");
            assertThat(rule.annotations()).containsOnlyKeys("summary", "description", "runbook_url");
            // Terraform's alert policies show them as they are.
            assertThat(rule.annotations().values()).noneMatch(text -> text.contains("{{"));
            assertThat(rule.annotations().get("runbook_url"))
                    .isEqualTo(RUNBOOKS + rule.name().toLowerCase());
            assertThat(guide).contains("\n### " + rule.name() + "\n");
        });
    }

    @Test
    void theGuideShowsPicturesThatAreThere() throws IOException {
        List<String> pictures = Pattern.compile("\\]\\((images/[^)]+)\\)")
                .matcher(Files.readString(Path.of("docs/operations.md")))
                .results()
                .map(link -> link.group(1))
                .toList();

        assertThat(pictures).isNotEmpty().allSatisfy(picture -> assertThat(Path.of("docs", picture))
                .exists());
    }
}
