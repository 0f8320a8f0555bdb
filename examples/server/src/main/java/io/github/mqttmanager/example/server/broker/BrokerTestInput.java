package io.github.mqttmanager.example.server.broker;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Describes the request that tests a connection; nothing is read into it. */
@Schema(name = "BrokerTestInput", description = "With an id, absent fields have the value of that broker.")
interface BrokerTestInput extends BrokerInput {
    @Schema(description = "a saved broker, whose stored password is used unless the address or the TLS settings differ")
    @Nullable
    Long getId();
}
