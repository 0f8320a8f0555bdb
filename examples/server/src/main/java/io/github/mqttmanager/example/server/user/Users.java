package io.github.mqttmanager.example.server.user;

import io.github.mqttmanager.example.server.web.ProblemCode;
import io.github.mqttmanager.example.server.web.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;

/** The table of users. User names differ in more than upper and lower case. */
@Repository
public class Users {
    private static final String COLUMNS = "select id, username, is_admin, token_generation, created_at from users ";

    private final JdbcClient jdbc;

    Users(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<User> find(long id) {
        return jdbc.sql(COLUMNS + "where id = ?").param(id).query(Users::user).optional();
    }

    Optional<User> findByName(String username) {
        return jdbc.sql(COLUMNS + "where username_key = ?")
                .param(key(username))
                .query(Users::user)
                .optional();
    }

    Optional<String> passwordHash(long id) {
        return jdbc.sql("select password_hash from users where id = ?")
                .param(id)
                .query(String.class)
                .optional();
    }

    List<User> all() {
        return jdbc.sql(COLUMNS + "order by id").query(Users::user).list();
    }

    public boolean isEmpty() {
        return jdbc.sql("select count(*) from users").query(Long.class).single() == 0;
    }

    /** The user that was created first and is still there. */
    public Optional<User> first() {
        return jdbc.sql(COLUMNS + "order by id fetch first 1 row only")
                .query(Users::user)
                .optional();
    }

    /** @throws DuplicateKeyException if the name is taken */
    User insert(String username, String passwordHash, boolean admin) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("""
                        insert into users (username, username_key, password_hash, is_admin, token_generation, created_at)
                        values (?, ?, ?, ?, 0, current_timestamp)
                        """).params(username, key(username), passwordHash, admin).update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("the database made no id for a user");
        }
        return find(id.longValue()).orElseThrow();
    }

    /** Sets another password and ends all tokens. */
    void changePassword(long id, String passwordHash) {
        jdbc.sql("update users set password_hash = ?, token_generation = token_generation + 1 where id = ?")
                .params(passwordHash, id)
                .update();
    }

    boolean delete(long id) {
        return jdbc.sql("delete from users where id = ?").param(id).update() > 0;
    }

    /**
     * Makes everybody else wait who locks the same user, until the transaction ends: what one user has is counted and added to one
     * request at a time.
     *
     * @return whether the user exists
     */
    boolean lock(long id) {
        return jdbc.sql("select id from users where id = ? for update")
                .param(id)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    /** As {@link #lock}, for a request of the user. @throws ProblemException if the user was deleted since the request came */
    public void lockOwn(long id) {
        if (!lock(id)) {
            throw ProblemException.of(ProblemCode.UNAUTHORIZED, "the user was deleted");
        }
    }

    private static String key(String username) {
        return username.toLowerCase(Locale.ROOT);
    }

    private static User user(ResultSet row, int number) throws SQLException {
        return new User(
                row.getLong("id"),
                row.getString("username"),
                row.getBoolean("is_admin"),
                row.getInt("token_generation"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
