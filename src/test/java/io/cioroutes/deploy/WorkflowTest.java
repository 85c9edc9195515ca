package io.cioroutes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The workflow fits the project, and every action in it is pinned. */
class WorkflowTest {

    private final String workflow = Project.read(".github/workflows/ci.yml");
    private final String outputs = Project.read("terraform/outputs.tf");

    @Test
    void nothingIsWrong() {
        assertThat(new WorkflowCheck(workflow, outputs).findings()).isEmpty();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    @08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0 | @v5 | not pinned to a commit
                    permissions:\\n  contents: read | permissions:\\n  contents: write | by default a job must only read
                    timeout-minutes: 20 | continue-on-error: true | compose: has no time-out
                    needs: terraform\\n | needs: terraforms\\n | plan: there is no job terraforms
                    name: service\\n          path: target\\n | name: services\\n          path: target\\n | nothing uploads services
                    vars.GCP_PLAN_SERVICE_ACCOUNT | vars.GCP_PLANNER | Terraform does not say what the variable GCP_PLANNER is
                    deploy/container/placeholders.env | deploy/container/smoke.env | image: there is no deploy/container/smoke.env
                    }}.gcs.tfbackend | }}.tfbackend | plan: there is no environments/dev.tfbackend
                    """)
    void aMistakeIsFound(String right, String wrong, String finding) {
        String from = right.replace("\\n", "\n");
        assertThat(workflow).contains(from);

        assertThat(new WorkflowCheck(workflow.replace(from, wrong.replace("\\n", "\n")), outputs).findings())
                .anySatisfy(line -> assertThat(line).contains(finding));
    }
}
