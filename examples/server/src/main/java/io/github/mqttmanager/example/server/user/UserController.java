package io.github.mqttmanager.example.server.user;

import io.github.mqttmanager.example.server.web.ProblemCode;
import io.github.mqttmanager.example.server.web.ProblemException;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.net.URI;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Users, for administrators. */
@RestController
@RequestMapping(path = "/api/users", produces = MediaType.APPLICATION_JSON_VALUE)
class UserController {
    private final UserService users;

    UserController(UserService users) {
        this.users = users;
    }

    @GetMapping
    List<UserView> list() {
        return users.all().stream().map(UserView::of).toList();
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = UserInput.class)))
    ResponseEntity<UserView> create(RequestFields fields) {
        String username = fields.text("username", null, 50);
        if (fields.isFine("username") && !UserRules.isUsername(username)) {
            fields.refuse("username", "must have 3 to 50 characters of A-Z a-z 0-9 . _ @ - and no others");
        }
        String password = UserRules.newPassword(fields, "password");
        boolean admin = fields.flag("is_admin", false);
        fields.check();
        User user = users.create(username, password, admin);
        return ResponseEntity.created(URI.create("/api/users/" + user.id())).body(UserView.of(user));
    }

    @GetMapping("/{id}")
    UserView get(@PathVariable long id) {
        return UserView.of(users.get(id));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@AuthenticationPrincipal SignedIn user, @PathVariable long id) {
        if (user.id() == id) {
            throw ProblemException.of(ProblemCode.CONFLICT, "you cannot delete yourself");
        }
        users.delete(id);
    }
}
