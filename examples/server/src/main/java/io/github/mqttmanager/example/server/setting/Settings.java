package io.github.mqttmanager.example.server.setting;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the application must remember across restarts, such as what it has already done once. */
@Repository
public class Settings {
    private final JdbcClient jdbc;

    Settings(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<String> find(String name) {
        return jdbc.sql("select content from app_setting where name = ?")
                .param(name)
                .query(String.class)
                .optional();
    }

    public void save(String name, String content) {
        int updated = jdbc.sql("update app_setting set content = ? where name = ?")
                .params(content, name)
                .update();
        if (updated == 0) {
            jdbc.sql("insert into app_setting (name, content) values (?, ?)")
                    .params(name, content)
                    .update();
        }
    }
}
