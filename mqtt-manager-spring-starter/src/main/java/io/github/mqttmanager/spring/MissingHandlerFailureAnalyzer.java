package io.github.mqttmanager.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do instead of showing a stack. */
final class MissingHandlerFailureAnalyzer extends AbstractFailureAnalyzer<MissingHandlerException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, MissingHandlerException cause) {
        return new FailureAnalysis(
                "MqttManager: " + cause.getMessage() + ".",
                "Define a bean of type DeviceMessageHandler or AsyncDeviceMessageHandler, or set mqtt-manager.enabled=false.",
                cause);
    }
}
