package io.github.mqttmanager.device;

import io.github.mqttmanager.publish.InboundPublish;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * As {@link DeviceMessageHandler}, but it is the normal completion of the returned stage that acknowledges. The next message of
 * the same device waits for it. Null counts as completed.
 */
@FunctionalInterface
public interface AsyncDeviceMessageHandler {
    @Nullable
    CompletionStage<?> handle(Device device, InboundPublish publish) throws Exception;
}
