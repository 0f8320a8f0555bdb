package io.github.mqttmanager.spring;

import io.github.mqttmanager.jpa.MqttManagerSchema;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;

/** Creates the library's tables before anything uses the database. */
public final class MqttManagerSchemaInitializer extends DataSourceScriptDatabaseInitializer {
    private final DataSource database;
    private final DatabaseInitializationMode mode;

    MqttManagerSchemaInitializer(DataSource database, DatabaseInitializationMode mode) {
        super(database, new DatabaseInitializationSettings());
        this.database = database;
        this.mode = mode;
    }

    @Override
    public boolean initializeDatabase() {
        if (mode == DatabaseInitializationMode.NEVER
                || (mode == DatabaseInitializationMode.EMBEDDED && !isEmbeddedDatabase())) {
            return false;
        }
        try {
            MqttManagerSchema.apply(database);
            return true;
        } catch (SQLException e) {
            throw new IllegalStateException("the tables of mqtt-manager could not be created", e);
        }
    }
}
