package io.github.mqttmanager.publish;

import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.topic.QoS;
import io.github.mqttmanager.topic.TopicName;
import java.time.Instant;

/**
 * The broker has taken responsibility for a publish; with QoS 0: it was written to the network.
 *
 * @param broker that answered
 * @param topic that was published to
 * @param qos that it was sent with
 * @param reasonCode of PUBACK or PUBREC: 0x00, or 0x10 when nobody subscribes (MQTT 5 section 3.4.2.1)
 * @param acknowledgedAt when the answer came in
 */
public record PublishReceipt(BrokerId broker, TopicName topic, QoS qos, int reasonCode, Instant acknowledgedAt) {}
