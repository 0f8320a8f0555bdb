package io.github.mqttmanager.example.server.broker;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Describes the request that creates or changes a broker; nothing is read into it. */
@Schema(name = "BrokerInput", description = "On update, absent fields keep their value.")
interface BrokerInput {
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, maxLength = 100)
    String getBrokerName();

    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "host name or address, no scheme")
    String getBrokerHost();

    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minimum = "1", maximum = "65535")
    int getBrokerPort();

    @Nullable
    String getUsername();

    @Schema(accessMode = Schema.AccessMode.WRITE_ONLY, description = "null clears; absent keeps")
    @Nullable
    String getPassword();

    @Schema(defaultValue = "true")
    boolean getIsActive();

    @Schema(
            allowableValues = {"5", "3.1.1"},
            defaultValue = "5")
    String getProtocolVersion();

    @Schema(maxLength = 128, description = "made when absent")
    @Nullable
    String getClientId();

    @Schema(defaultValue = "false")
    boolean getTls();

    @Schema(description = "PEM; without it, the system's authorities")
    @Nullable
    String getCaCertificate();

    @Schema(defaultValue = "true")
    boolean getVerifyHostname();

    @Schema(minimum = "5", maximum = "3600", defaultValue = "20", description = "seconds")
    int getKeepAlive();

    @Schema(defaultValue = "false")
    boolean getCleanStart();

    @Schema(description = "published by the broker when the connection is lost; null for none")
    @Nullable
    WillView getWill();

    @Schema(description = "published at every connection; null for none")
    @Nullable
    BirthView getBirth();

    @Schema(description = "update only: refused with 409 when it is not the current one")
    long getVersion();
}
