package io.github.mqttmanager.example.server.security;

import io.github.mqttmanager.example.server.user.SignedIn;
import io.github.mqttmanager.example.server.user.User;
import io.github.mqttmanager.example.server.user.UserRules;
import io.github.mqttmanager.example.server.user.UserService;
import io.github.mqttmanager.example.server.user.UserView;
import io.github.mqttmanager.example.server.web.ProblemCode;
import io.github.mqttmanager.example.server.web.ProblemException;
import io.github.mqttmanager.example.server.web.RequestFields;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Login and one's own account. */
@RestController
@RequestMapping(path = "/api/auth", produces = MediaType.APPLICATION_JSON_VALUE)
class AuthController {
    private final UserService users;
    private final Tokens tokens;
    private final LoginLimits limits;

    AuthController(UserService users, Tokens tokens, LoginLimits limits) {
        this.users = users;
        this.tokens = tokens;
        this.limits = limits;
    }

    @PostMapping(path = "/login", consumes = MediaType.APPLICATION_JSON_VALUE)
    @SecurityRequirements
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = LoginInput.class)))
    ResponseEntity<TokenView> login(RequestFields fields, HttpServletRequest request) {
        String username = fields.text("username", null, 200);
        String password = fields.text("password", null, 1000);
        fields.check();
        AtomicReference<Optional<User>> found = new AtomicReference<>(Optional.empty());
        limits.attempt(username, request.getRemoteAddr(), () -> {
            found.set(users.authenticate(username, password));
            return found.get().isPresent();
        });
        User user = found.get()
                .orElseThrow(() -> ProblemException.of(ProblemCode.BAD_CREDENTIALS, "user name or password is wrong"));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new TokenView(
                        tokens.give(user), "Bearer", tokens.lifetime().toSeconds()));
    }

    @GetMapping("/me")
    UserView me(@AuthenticationPrincipal SignedIn user) {
        return UserView.of(user.user());
    }

    @PutMapping(path = "/password", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = PasswordInput.class)))
    void changePassword(@AuthenticationPrincipal SignedIn user, RequestFields fields, HttpServletRequest request) {
        String current = fields.text("current_password", null, 1000);
        String changed = UserRules.newPassword(fields, "new_password");
        fields.check();
        boolean right = limits.attempt(
                user.user().username(),
                request.getRemoteAddr(),
                () -> users.changePassword(user.id(), current, changed));
        if (!right) {
            throw ProblemException.invalid("current_password", "is wrong");
        }
    }
}
