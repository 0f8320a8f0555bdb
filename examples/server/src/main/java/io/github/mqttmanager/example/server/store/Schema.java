package io.github.mqttmanager.example.server.store;

import io.github.mqttmanager.spring.MqttManagerSchemaInitializer;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.stereotype.Component;

/** Makes the application's own tables before anything uses the database. */
@Component
class Schema extends DataSourceScriptDatabaseInitializer {
    /** @param library makes the tables that ours refer to */
    Schema(DataSource database, MqttManagerSchemaInitializer library) {
        super(database, settings());
    }

    private static DatabaseInitializationSettings settings() {
        DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
        settings.setSchemaLocations(List.of("classpath:schema.sql"));
        settings.setMode(DatabaseInitializationMode.ALWAYS);
        return settings;
    }
}
