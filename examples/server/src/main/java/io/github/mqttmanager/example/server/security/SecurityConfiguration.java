package io.github.mqttmanager.example.server.security;

import io.github.mqttmanager.example.server.ServerProperties;
import io.github.mqttmanager.example.server.user.SignedIn;
import io.github.mqttmanager.example.server.user.Users;
import io.github.mqttmanager.example.server.web.ProblemCode;
import io.github.mqttmanager.example.server.web.ProblemWriter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/** Everything below {@code /api} needs a token, except the login. Nothing is kept in sessions or cookies. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    private static final String LOGIN = "/api/auth/login";

    private static final String PAGE_POLICY =
            "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";

    /** The page that shows the API's description brings styles and images of its own. */
    private static final String SWAGGER_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(SignedIn.class);
    }

    @Bean
    @Order(1)
    SecurityFilterChain descriptionSecurity(HttpSecurity http) {
        http.securityMatcher("/swagger-ui/**", "/swagger-ui.html", "/swagger-ui");
        return stateless(http, SWAGGER_POLICY)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain security(
            HttpSecurity http, Tokens tokens, AuthenticationEntryPoint entryPoint, AccessDeniedHandler deniedHandler) {
        return stateless(http, PAGE_POLICY)
                .authorizeHttpRequests(requests -> requests
                        // The answer of a stream was allowed when the request came; an error page shows nothing secret.
                        .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
                        .permitAll()
                        .requestMatchers(LOGIN)
                        .permitAll()
                        .requestMatchers("/api/users", "/api/users/**", "/api/secrets/**")
                        .hasRole("ADMIN")
                        .requestMatchers("/api", "/api/**")
                        .authenticated()
                        .anyRequest()
                        .permitAll())
                .oauth2ResourceServer(server -> server.bearerTokenResolver(tokenResolver())
                        .authenticationEntryPoint(entryPoint)
                        .accessDeniedHandler(deniedHandler)
                        .jwt(jwt -> jwt.jwtAuthenticationConverter(token -> signedIn(tokens, token))))
                .exceptionHandling(handling ->
                        handling.authenticationEntryPoint(entryPoint).accessDeniedHandler(deniedHandler))
                .build();
    }

    private static HttpSecurity stateless(HttpSecurity http, String contentPolicy) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(contentPolicy))
                        .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER)));
    }

    /** Tokens come in the header only, and a token that ended does not keep anybody from a new login. */
    private static BearerTokenResolver tokenResolver() {
        DefaultBearerTokenResolver header = new DefaultBearerTokenResolver();
        return new BearerTokenResolver() {
            @Override
            public @Nullable String resolve(HttpServletRequest request) {
                String path = request.getRequestURI();
                return path.startsWith("/api") && !path.equals(LOGIN) ? header.resolve(request) : null;
            }
        };
    }

    private static AbstractAuthenticationToken signedIn(Tokens tokens, Jwt token) {
        return tokens.owner(token)
                .map(SignedInToken::new)
                .orElseThrow(() -> new InvalidBearerTokenException("the token was ended"));
    }

    @Bean
    AuthenticationEntryPoint problemEntryPoint(ProblemWriter problems) {
        return (request, response, e) -> {
            boolean sent = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, sent ? "Bearer error=\"invalid_token\"" : "Bearer");
            problems.write(
                    response,
                    ProblemCode.UNAUTHORIZED,
                    sent
                            ? "the token is not valid or has ended: sign in again"
                            : "a token is needed: Authorization: Bearer <token>");
        };
    }

    @Bean
    AccessDeniedHandler problemDeniedHandler(ProblemWriter problems) {
        return (request, response, e) ->
                problems.write(response, ProblemCode.FORBIDDEN, "only administrators may do this");
    }

    @Bean
    RequestRejectedHandler problemRejectedHandler(ProblemWriter problems) {
        return (request, response, e) ->
                problems.write(response, ProblemCode.INVALID, "the request's address or headers are not allowed");
    }

    @Bean
    Tokens tokens(Users users, ServerProperties properties) throws IOException {
        return new Tokens(TokenKey.readOrMake(properties.dataDirectory().resolve("token-key.json")), users, properties);
    }

    @Bean
    JwtDecoder jwtDecoder(Tokens tokens) {
        return tokens.decoder();
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return new DelegatingPasswordEncoder("bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder()));
    }
}
