package io.github.mqttmanager.jpa;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.device.DeviceId;
import java.util.Set;

/**
 * What was changed between two positions.
 *
 * @param end the second position
 * @param complete whether these are all; false if there are too many, or some may be missing
 */
record Changes(ChangePosition end, Set<BrokerId> brokers, Set<DeviceId> devices, boolean complete) {
    /** More are not worth being looked at one by one. */
    static final int LIMIT = 2_000;

    static Changes none(ChangePosition end) {
        return new Changes(end, Set.of(), Set.of(), true);
    }

    static Changes unknown(ChangePosition end) {
        return new Changes(end, Set.of(), Set.of(), false);
    }
}
