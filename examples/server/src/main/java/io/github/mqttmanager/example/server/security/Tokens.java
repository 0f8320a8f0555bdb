package io.github.mqttmanager.example.server.security;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.github.mqttmanager.example.server.user.User;
import io.github.mqttmanager.example.server.user.Users;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/** Gives out tokens and tells whose they are. One algorithm, one key: what a token says of itself chooses nothing. */
final class Tokens {
    static final String ISSUER = "mqtt-manager-example-server";
    static final String AUDIENCE = "mqtt-manager-example-api";
    static final String GENERATION = "gen";

    private final JwtEncoder encoder;
    private final NimbusJwtDecoder decoder;
    private final String keyId;
    private final Users users;
    private final Duration lifetime;

    Tokens(ECKey key, Users users, ServerProperties properties) {
        JWKSource<SecurityContext> keys = new ImmutableJWKSet<>(new JWKSet(key));
        this.encoder = new NimbusJwtEncoder(keys);
        this.keyId = key.getKeyID();
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, keys));
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        this.decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                List.of(new JwtTimestampValidator(Duration.ZERO), new JwtIssuerValidator(ISSUER), complete())));
        this.users = users;
        this.lifetime = properties.tokenLifetime();
    }

    private static OAuth2TokenValidator<Jwt> complete() {
        return token -> token.getExpiresAt() != null
                        && token.getAudience() != null
                        && token.getAudience().contains(AUDIENCE)
                        && token.getSubject() != null
                ? OAuth2TokenValidatorResult.success()
                : OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token"));
    }

    JwtDecoder decoder() {
        return decoder;
    }

    Duration lifetime() {
        return lifetime;
    }

    String give(User user) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        JwtClaimsSet claims = JwtClaimsSet.builder()
                .issuer(ISSUER)
                .audience(List.of(AUDIENCE))
                .subject(Long.toString(user.id()))
                .issuedAt(now)
                .expiresAt(now.plus(lifetime))
                .claim(GENERATION, user.tokenGeneration())
                .build();
        JwsHeader header = JwsHeader.with(SignatureAlgorithm.ES256)
                .type("JWT")
                .keyId(keyId)
                .build();
        return encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
    }

    /** Whose token it is, unless the user is gone or has ended the token since it was given out. */
    Optional<SignedIn> owner(Jwt token) {
        try {
            Instant expiresAt = Objects.requireNonNull(token.getExpiresAt());
            return users.find(Long.parseLong(token.getSubject()))
                    .filter(user -> token.getClaim(GENERATION) instanceof Number generation
                            && generation.longValue() == user.tokenGeneration())
                    .map(user -> new SignedIn(user, expiresAt));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
