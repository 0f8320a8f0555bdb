package io.github.mqttmanager.example.server;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the application.
 *
 * @param dataDirectory holds the database, the keys and the first password
 * @param tokenLifetime how long a login lasts
 * @param limits per user
 * @param login against guessing
 * @param tests of connections, per user
 * @param readings how they are stored, how long and how many are kept
 * @param network which addresses users may connect to
 */
@ConfigurationProperties("example")
public record ServerProperties(
        @DefaultValue("./data") Path dataDirectory,
        @DefaultValue("8h") Duration tokenLifetime,
        @DefaultValue Limits limits,
        @DefaultValue Login login,
        @DefaultValue Tests tests,
        @DefaultValue Readings readings,
        @DefaultValue("PUBLIC") Network network) {

    /**
     * @param brokers of one user
     * @param devices of one user
     * @param streams event streams of one user; one more ends the oldest
     * @param allStreams event streams of everybody together
     * @param messagesPerSecond messages of the devices of one user that are stored; more are acknowledged, counted and not stored
     * @param messagesAtOnce how many may come at once, as after an outage
     * @param exports of everybody together that may run; one user may have one
     * @param exportTime how long an export may take
     */
    public record Limits(
            @DefaultValue("50") int brokers,
            @DefaultValue("1000") int devices,
            @DefaultValue("10") int streams,
            @DefaultValue("500") int allStreams,
            @DefaultValue("500") int messagesPerSecond,
            @DefaultValue("50000") int messagesAtOnce,
            @DefaultValue("4") int exports,
            @DefaultValue("5m") Duration exportTime) {}

    /**
     * @param perAccount failures in a row that an account may have before it must wait
     * @param perAddress failures in a row that an address may have before it must wait
     * @param refill how long it takes to regain one try
     */
    public record Login(
            @DefaultValue("5") int perAccount,
            @DefaultValue("30") int perAddress,
            @DefaultValue("10s") Duration refill) {}

    /**
     * @param atOnce how many may run
     * @param perMinute how many may be begun
     */
    public record Tests(
            @DefaultValue("10") int atOnce,
            @DefaultValue("30") int perMinute) {}

    /**
     * @param keep how long
     * @param perUser how many of one user; the oldest go first
     * @param batch how many are stored in one transaction, at most
     */
    public record Readings(
            @DefaultValue("30d") Duration keep,
            @DefaultValue("500000") long perUser,
            @DefaultValue("1000") int batch) {}

    /** Which addresses users may connect to. */
    public enum Network {
        /** The public internet only. */
        PUBLIC,
        /** The public internet and this machine: for the demo. */
        LOOPBACK,
        /** Everything, private networks included: where all users are trusted. */
        EVERYTHING
    }
}
