package io.github.mqttmanager.example.server.user;

import io.github.mqttmanager.example.server.web.ProblemCode;
import io.github.mqttmanager.example.server.web.ProblemException;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates, finds and deletes users, and knows their passwords by their hashes only. */
@Service
public class UserService {
    private final Users users;
    private final PasswordEncoder encoder;
    private final TransactionTemplate transactions;
    private final ObjectProvider<UserDeletion> deletions;
    private final String nobodysHash;

    UserService(
            Users users,
            PasswordEncoder encoder,
            TransactionTemplate transactions,
            ObjectProvider<UserDeletion> deletions) {
        this.users = users;
        this.encoder = encoder;
        this.transactions = transactions;
        this.deletions = deletions;
        this.nobodysHash = hash("nobody has this password");
    }

    /** The user, if the password is right. Takes the same time whether the user exists or not. */
    public Optional<User> authenticate(String username, String password) {
        Optional<User> user = users.findByName(username);
        String hash = user.flatMap(found -> users.passwordHash(found.id())).orElse(nobodysHash);
        boolean right = encoder.matches(password, hash) && !UserRules.isTooLong(password);
        return right ? user : Optional.empty();
    }

    public User create(String username, String password, boolean admin) {
        String hash = hash(password);
        try {
            return transactions.execute(status -> users.insert(username, hash, admin));
        } catch (DuplicateKeyException e) {
            throw ProblemException.of(ProblemCode.CONFLICT, "there is another user with this username");
        }
    }

    List<User> all() {
        return users.all();
    }

    public User get(long id) {
        return users.find(id).orElseThrow(() -> ProblemException.notFound("user"));
    }

    /** Deletes the user with everything that is theirs. */
    void delete(long id) {
        transactions.executeWithoutResult(status -> {
            if (!users.lock(id)) {
                throw ProblemException.notFound("user");
            }
            User user = get(id);
            deletions.orderedStream().forEach(deletion -> deletion.deleting(user));
            users.delete(id);
        });
        deletions.orderedStream().forEach(deletion -> deletion.ended(id));
    }

    /** Changes the password, which ends all tokens. @return whether the current one was right */
    public boolean changePassword(long id, String current, String changed) {
        String stored = users.passwordHash(id).orElseThrow(() -> ProblemException.notFound("user"));
        if (!encoder.matches(current, stored) || UserRules.isTooLong(current)) {
            return false;
        }
        String hash = hash(changed);
        transactions.executeWithoutResult(status -> users.changePassword(id, hash));
        deletions.orderedStream().forEach(deletion -> deletion.ended(id));
        return true;
    }

    private String hash(String password) {
        String hash = encoder.encode(password);
        if (hash == null) {
            throw new IllegalStateException("the password could not be hashed");
        }
        return hash;
    }
}
