package io.github.mqttmanager.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mqttmanager.broker.BrokerDefinition;
import io.github.mqttmanager.broker.BrokerId;
import io.github.mqttmanager.broker.ReconnectSettings;
import io.github.mqttmanager.broker.SessionSettings;
import io.github.mqttmanager.broker.TlsSettings;
import io.github.mqttmanager.broker.WebSocketSettings;
import io.github.mqttmanager.device.Availability;
import io.github.mqttmanager.device.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleDefinitionsTest {
    @Test
    void theSameSeedGivesTheSameSamples() {
        BrokerId broker = BrokerId.of("b");
        assertThat(new SampleDefinitions(3).devices(broker, 50))
                .isEqualTo(new SampleDefinitions(3).devices(broker, 50));
        assertThat(new SampleDefinitions(3).devices(broker, 50))
                .isNotEqualTo(new SampleDefinitions(4).devices(broker, 50));
    }

    @Test
    void theFullBrokerHasNoDefaultLeft() {
        BrokerDefinition full = new SampleDefinitions(1).fullBroker();
        BrokerDefinition plain = new SampleDefinitions(1).plainBroker();
        assertThat(full).hasNoNullFieldsOrProperties();
        assertThat(full.tls()).isNotEqualTo(TlsSettings.SYSTEM);
        assertThat(full.webSocket()).isNotEqualTo(WebSocketSettings.DEFAULT);
        assertThat(full.session()).isNotEqualTo(SessionSettings.DEFAULT);
        assertThat(full.reconnect()).isNotEqualTo(ReconnectSettings.DEFAULT);
        assertThat(full.active()).isNotEqualTo(plain.active());
    }

    @Test
    void manyBrokersShowEverySort() {
        List<BrokerDefinition> brokers = new SampleDefinitions(1).brokers(200);
        assertThat(brokers).extracting(BrokerDefinition::id).doesNotHaveDuplicates();
        assertThat(brokers.stream()
                        .<Class<?>>map(definition -> definition.tls().trust().getClass()))
                .contains(
                        TlsSettings.SystemTrust.class,
                        TlsSettings.Authorities.class,
                        TlsSettings.Pinned.class,
                        TlsSettings.Bundle.class);
        assertThat(brokers).anyMatch(definition -> definition.proxy() != null);
        assertThat(brokers).anyMatch(definition -> definition.will() != null);
        assertThat(brokers).anyMatch(definition -> definition.birth() != null);
        assertThat(brokers)
                .anyMatch(definition -> !definition.webSocket().headers().isEmpty());
        assertThat(brokers).anyMatch(definition -> definition.tls().clientCertificate() != null);
        List<Device> devices = new SampleDefinitions(1).devices(BrokerId.of("b"), 200);
        assertThat(devices).extracting(Device::topicName).doesNotHaveDuplicates();
        assertThat(devices).anyMatch(device -> device.availability() == null);
        assertThat(devices)
                .anyMatch(device -> device.availability() != null
                        && !device.availability().online().equals(Availability.DEFAULT_ONLINE));
    }
}
