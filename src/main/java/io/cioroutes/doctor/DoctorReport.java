package io.cioroutes.doctor;

import java.util.List;

/**
 * All findings, as the endpoint and {@code ./cio doctor --json} show them.
 *
 * @param healthy whether everything works; warnings do not count
 * @param findings in the order of the checks
 */
public record DoctorReport(boolean healthy, List<Line> findings) {

    /** A {@link Finding} with its level in lower case. */
    public record Line(String level, String area, String what, String action) {}

    /** The report of these findings. */
    public static DoctorReport of(List<Finding> findings) {
        return new DoctorReport(
                !Doctor.hasProblem(findings),
                findings.stream()
                        .map(finding ->
                                new Line(finding.level().label(), finding.area(), finding.what(), finding.action()))
                        .toList());
    }
}
