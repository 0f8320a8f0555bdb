package io.github.mqttmanager.example.server.security;

import io.github.mqttmanager.example.server.user.SignedIn;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** Who is signed in, for Spring Security. */
final class SignedInToken extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1L;

    private final transient SignedIn signedIn;

    SignedInToken(SignedIn signedIn) {
        super(
                signedIn.user().isAdmin()
                        ? List.of(new SimpleGrantedAuthority("ROLE_ADMIN"))
                        : List.<SimpleGrantedAuthority>of());
        this.signedIn = signedIn;
        setAuthenticated(true);
    }

    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public SignedIn getPrincipal() {
        return signedIn;
    }

    @Override
    public String getName() {
        return signedIn.user().username();
    }
}
