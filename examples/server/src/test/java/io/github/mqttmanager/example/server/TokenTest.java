package io.github.mqttmanager.example.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tokens that are none. */
class TokenTest extends ServerTest {
    private static Somebody somebody;
    private ECKey key;

    @BeforeEach
    void keyOfTheServer() throws Exception {
        key = ECKey.parse(Files.readString(data().resolve("token-key.json")));
        if (somebody == null) {
            somebody = newUser();
        }
    }

    private JWTClaimsSet.Builder claims() {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer("mqtt-manager-example-server")
                .audience("mqtt-manager-example-api")
                .subject(Long.toString(somebody.id()))
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)))
                .claim("gen", 0);
    }

    private String signed(JWTClaimsSet claims) throws Exception {
        return signed(
                claims,
                key,
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(JOSEObjectType.JWT)
                        .keyID(key.getKeyID())
                        .build());
    }

    private static String signed(JWTClaimsSet claims, ECKey with, JWSHeader header) throws Exception {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(new ECDSASigner(with));
        return token.serialize();
    }

    private void isRefused(String token) {
        Api.Answer answer = anonymous().with(token).get("/api/auth/me").isProblem(401, "UNAUTHORIZED");
        assertThat(answer.header("www-authenticate"))
                .hasValueSatisfying(value -> assertThat(value).startsWith("Bearer"));
    }

    @Test
    void theMeasureItself() throws Exception {
        anonymous().with(signed(claims().build())).get("/api/auth/me").is(200);
    }

    @Test
    void claimsThatAreMissingOrWrong() throws Exception {
        isRefused(signed(claims().expirationTime(Date.from(Instant.now().minusSeconds(1)))
                .build()));
        isRefused(signed(claims().expirationTime(null).build()));
        isRefused(signed(
                claims().notBeforeTime(Date.from(Instant.now().plusSeconds(60))).build()));
        isRefused(signed(claims().issuer("somebody").build()));
        isRefused(signed(claims().issuer(null).build()));
        isRefused(signed(claims().audience("somebody").build()));
        isRefused(signed(claims().audience((String) null).build()));
        isRefused(signed(claims().subject("999999").build()));
        isRefused(signed(claims().subject("admin").build()));
        isRefused(signed(claims().subject(null).build()));
        isRefused(signed(claims().claim("gen", 7).build()));
        isRefused(signed(claims().claim("gen", null).build()));
        isRefused(signed(claims().claim("gen", "0").build()));
    }

    @Test
    void signaturesThatAreMissingOrWrong() throws Exception {
        isRefused(new PlainJWT(claims().build()).serialize());
        String unsigned = signed(claims().build());
        isRefused(unsigned.substring(0, unsigned.lastIndexOf('.') + 1));
        isRefused(unsigned.substring(0, unsigned.lastIndexOf('.')));
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
        isRefused(none + unsigned.substring(unsigned.indexOf('.')));
        ECKey foreign = new ECKeyGenerator(Curve.P_256).keyID(key.getKeyID()).generate();
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(JOSEObjectType.JWT)
                .keyID(key.getKeyID())
                .build();
        isRefused(signed(claims().build(), foreign, header));
        isRefused(signed(
                claims().build(),
                foreign,
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(JOSEObjectType.JWT)
                        .jwk(foreign.toPublicJWK())
                        .build()));
        // the public key taken for a shared secret
        JWSSigner shared = new MACSigner(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8));
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims().build());
        confused.sign(shared);
        isRefused(confused.serialize());
        // another payload under a good signature
        String[] parts = unsigned.split("\\.");
        String admin = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims().subject("1").build().toString().getBytes(StandardCharsets.UTF_8));
        isRefused(parts[0] + "." + admin + "." + parts[2]);
        // an ECDSA signature of zeros (CVE-2022-21449)
        isRefused(parts[0] + "." + parts[1] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]));
    }

    @Test
    void whatIsNoToken() {
        isRefused("x");
        isRefused("a.b.c");
        isRefused("ä".replace("ä", "%C3%A4"));
        anonymous()
                .get("/api/auth/me", "Authorization", "Basic YWRtaW46YWRtaW4=")
                .isProblem(401, "UNAUTHORIZED");
        anonymous().get("/api/auth/me", "Authorization", "Bearer").isProblem(401, "UNAUTHORIZED");
        anonymous().get("/api/auth/me?access_token=" + somebody.api().token()).isProblem(401, "UNAUTHORIZED");
    }

    @Test
    void anEndedTokenDoesNotKeepFromANewLogin() {
        anonymous()
                .with("x.y.z")
                .post("/api/auth/login", json("{'username':'%s','password':'%s'}".formatted(somebody.name(), PASSWORD)))
                .is(200);
    }

    @Test
    void aTokenSaysWhatIsPromised() {
        JsonNode answer = anonymous()
                .post("/api/auth/login", json("{'username':'%s','password':'%s'}".formatted(somebody.name(), PASSWORD)))
                .is(200)
                .json();
        assertThat(answer.propertyNames()).containsExactlyInAnyOrder("access_token", "token_type", "expires_in");
        assertThat(answer.path("token_type").stringValue()).isEqualTo("Bearer");
        assertThat(answer.path("expires_in").longValue()).isEqualTo(8 * 3600);
    }

    @Test
    void keysAndPasswordAreForTheOwnerOfTheProcessOnly() throws Exception {
        for (String name : new String[] {"token-key.json", "initial-admin-password", "secret-keys"}) {
            Path file = data().resolve(name);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as(name)
                    .isEqualTo("rw-------");
        }
    }
}
