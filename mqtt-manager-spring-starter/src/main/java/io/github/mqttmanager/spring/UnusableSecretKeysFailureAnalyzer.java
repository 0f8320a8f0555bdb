package io.github.mqttmanager.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do instead of showing a stack. */
final class UnusableSecretKeysFailureAnalyzer extends AbstractFailureAnalyzer<UnusableSecretKeysException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnusableSecretKeysException cause) {
        return new FailureAnalysis(
                "The keys that brokers' passwords are encrypted with cannot be used: " + cause.getMessage() + ".",
                "Give back the key file that was in use, from its backup: with another key, stored passwords cannot be read."
                        + " If none was ever in use, set mqtt-manager.secrets.create-key-file=true to have one made.",
                cause);
    }
}
