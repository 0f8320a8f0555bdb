package io.github.mqttmanager.example.server.store;

import io.github.mqttmanager.jpa.MqttManagerSchema;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.stereotype.Component;

/** Makes the tables before anything uses the database: first the library's, then the application's, which refer to them. */
@Component
class Schema extends DataSourceScriptDatabaseInitializer {
    private final DataSource database;

    Schema(DataSource database) {
        super(database, settings());
        this.database = database;
    }

    private static DatabaseInitializationSettings settings() {
        DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
        settings.setSchemaLocations(List.of("classpath:schema.sql"));
        settings.setMode(DatabaseInitializationMode.ALWAYS);
        return settings;
    }

    @Override
    public boolean initializeDatabase() {
        try {
            MqttManagerSchema.apply(database);
        } catch (SQLException e) {
            throw new IllegalStateException("the tables of mqtt-manager could not be made", e);
        }
        return super.initializeDatabase();
    }
}
