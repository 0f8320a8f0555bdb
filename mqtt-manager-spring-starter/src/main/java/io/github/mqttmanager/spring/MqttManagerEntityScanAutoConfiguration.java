package io.github.mqttmanager.spring;

import io.github.mqttmanager.jpa.JpaBrokerRepository;
import jakarta.persistence.EntityManagerFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScanPackages;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;

/** Adds the library's entities to those of the application, whichever way it names its own. */
@AutoConfiguration(before = HibernateJpaAutoConfiguration.class)
@ConditionalOnClass({EntityManagerFactory.class, JpaBrokerRepository.class, EntityScanPackages.class})
@ConditionalOnBooleanProperty(name = "mqtt-manager.enabled", matchIfMissing = true)
@Import(MqttManagerEntityScanAutoConfiguration.Registrar.class)
public final class MqttManagerEntityScanAutoConfiguration {
    /** Where the application uses {@code @EntityScan}, its packages replace the default ones: ours must join the right list. */
    static final class Registrar implements ImportBeanDefinitionRegistrar {
        @Override
        public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
            String ours = JpaBrokerRepository.class.getPackageName();
            if (registry.containsBeanDefinition(EntityScanPackages.class.getName())) {
                EntityScanPackages.register(registry, ours);
            } else {
                AutoConfigurationPackages.register(registry, ours);
            }
        }
    }
}
