package io.github.mqttmanager.example.server.broker;

import io.github.mqttmanager.connection.ConnectionStage;
import io.github.mqttmanager.connection.ConnectionTest;
import io.github.mqttmanager.example.server.broker.StatusView.AddressView;
import io.github.mqttmanager.example.server.broker.StatusView.CertificateView;
import io.github.mqttmanager.example.server.broker.StatusView.FailureView;
import io.github.mqttmanager.example.server.broker.StatusView.GrantsView;
import io.github.mqttmanager.example.server.broker.StatusView.SubscriptionView;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a connection test found, as the API shows it. */
@Schema(name = "ConnectionTest")
record ConnectionTestView(
        boolean succeeded,
        List<StepView> steps,
        @Nullable AddressView endpoint,
        @Nullable CertificateView certificate,
        @Nullable FailureView failure,
        List<SubscriptionView> subscriptions,
        @Nullable GrantsView grants,
        @Nullable Double tookMs) {

    /** One stage of the connection. */
    @Schema(name = "ConnectionTestStep")
    record StepView(
            ConnectionStage stage,
            ConnectionTest.Outcome outcome,
            @Nullable Double tookMs,
            @Nullable String detail) {
        static StepView of(ConnectionTest.Step step) {
            return new StepView(step.stage(), step.outcome(), StatusView.millis(step.took()), step.detail());
        }
    }

    static ConnectionTestView of(ConnectionTest test) {
        return new ConnectionTestView(
                test.succeeded(),
                test.steps().stream().map(StepView::of).toList(),
                AddressView.of(test.endpoint()),
                CertificateView.of(test.certificate()),
                FailureView.of(test.failure()),
                test.subscriptions().stream().map(SubscriptionView::of).toList(),
                GrantsView.of(test.grants()),
                StatusView.millis(test.took()));
    }
}
