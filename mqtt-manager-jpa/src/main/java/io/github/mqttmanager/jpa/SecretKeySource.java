package io.github.mqttmanager.jpa;

/**
 * Where a cipher gets its keys from. It is asked at every use, so keys can be changed while the process runs: {@link SecretKeys} never
 * change, {@link SecretKeyFile} follows its file, and a host may have its own.
 */
@FunctionalInterface
public interface SecretKeySource {
    /** The ring that holds now. Called by any thread, often; returns at once and does not throw. */
    SecretKeys keys();
}
