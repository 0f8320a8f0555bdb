package io.github.mqttmanager.device;

import io.github.mqttmanager.topic.TopicName;
import java.util.List;

/** The route table of one broker, for the measurement from outside. */
public final class MeasuredRoutes {
    private final RouteTable table = new RouteTable();

    /** @param before null to add one, {@code after} null to take one away */
    public void replace(Device before, Device after) {
        table.replace(before, after);
    }

    /** Looks all up. @return how many devices were found */
    public int lookUp(List<TopicName> topics) {
        int found = 0;
        for (TopicName topic : topics) {
            found += table.match(topic).size();
        }
        return found;
    }
}
