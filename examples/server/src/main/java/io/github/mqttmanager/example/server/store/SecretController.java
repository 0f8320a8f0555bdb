package io.github.mqttmanager.example.server.store;

import io.github.mqttmanager.jpa.JpaBrokerRepository;
import io.github.mqttmanager.jpa.ResealReport;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The encryption of all brokers' secrets, for administrators. */
@RestController
@RequestMapping(path = "/api/secrets", produces = MediaType.APPLICATION_JSON_VALUE)
class SecretController {
    private final JpaBrokerRepository brokers;

    SecretController(JpaBrokerRepository brokers) {
        this.brokers = brokers;
    }

    /**
     * What was done.
     *
     * @param resealed how many brokers' secrets were encrypted anew
     * @param remaining how many brokers still need another key than the active one; it can go when there are none
     */
    @Schema(name = "ResealReport")
    record ReportView(long resealed, long remaining, List<UnreadableView> unreadable) {
        static ReportView of(ResealReport report) {
            return new ReportView(
                    report.resealed(),
                    report.remaining(),
                    report.unreadable().stream()
                            .map(left -> new UnreadableView(
                                    Long.parseLong(left.broker().value()), left.message(), left.remedy()))
                            .toList());
        }
    }

    /** A broker that was left as it is. */
    @Schema(name = "UnreadableBroker")
    record UnreadableView(long brokerId, String message, String remedy) {}

    /** Encrypts all secrets with the active key, the first one of the ring. One at a time: a second call waits, and then finds nothing left to do. */
    @PostMapping("/reseal")
    synchronized ReportView reseal() {
        return ReportView.of(brokers.resealSecrets());
    }
}
