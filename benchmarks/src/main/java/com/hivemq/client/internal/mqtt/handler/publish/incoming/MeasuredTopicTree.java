package com.hivemq.client.internal.mqtt.handler.publish.incoming;

import com.hivemq.client.internal.mqtt.datatypes.MqttTopicFilterImpl;
import com.hivemq.client.internal.mqtt.message.publish.MqttPublish;
import com.hivemq.client.internal.mqtt.message.publish.MqttStatefulPublish;
import com.hivemq.client.internal.mqtt.message.subscribe.MqttSubscription;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.datatypes.MqttTopicFilter;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import java.util.List;

/** The tree in which the client looks its own subscriptions up; here, for it is visible in its own package only. */
public final class MeasuredTopicTree {
    private final MqttSubscribedPublishFlowTree tree = new MqttSubscribedPublishFlowTree();

    public void subscribe(String filter) {
        MqttTopicFilterImpl parsed = (MqttTopicFilterImpl) MqttTopicFilter.of(filter);
        tree.subscribe(
                new MqttSubscription(parsed, MqttQos.AT_LEAST_ONCE, false, Mqtt5RetainHandling.SEND, false), 1, null);
        tree.suback(parsed, 1, false);
    }

    /** What the client has when it looks for the receivers of a publish. */
    public static MqttStatefulPublish publish(String topic) {
        return ((MqttPublish) Mqtt5Publish.builder().topic(topic).build()).createStateful(1, false, null);
    }

    /** Looks all up. @return how many are subscribed to */
    public int lookUp(List<MqttStatefulPublish> publishes) {
        int found = 0;
        for (MqttStatefulPublish publish : publishes) {
            MqttStatefulPublishWithFlows flows = new MqttStatefulPublishWithFlows(publish);
            tree.findMatching(flows);
            found += flows.subscriptionFound ? 1 : 0;
        }
        return found;
    }
}
