package io.cioroutes.doctor;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/** {@code GET /actuator/doctor}: what {@code ./cio doctor} finds, as the running service sees it. */
@WebEndpoint(id = "doctor")
final class DoctorEndpoint {

    private final Doctor doctor;

    DoctorEndpoint(Doctor doctor) {
        this.doctor = doctor;
    }

    /** Looks now. */
    @ReadOperation
    DoctorReport examine() {
        return DoctorReport.of(doctor.examine());
    }
}
