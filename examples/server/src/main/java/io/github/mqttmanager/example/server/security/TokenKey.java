package io.github.mqttmanager.example.server.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.github.mqttmanager.example.server.setting.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;

/** The key pair that signs tokens: made at the first start, readable only for the owner of the process. */
final class TokenKey {
    private TokenKey() {}

    static ECKey readOrMake(Path file) throws IOException {
        try {
            if (!Files.exists(file)) {
                ECKey made = new ECKeyGenerator(Curve.P_256)
                        .keyIDFromThumbprint(true)
                        .generate();
                PrivateFile.write(file, made.toJSONString().getBytes(StandardCharsets.UTF_8));
            }
            ECKey key = ECKey.parse(Files.readString(file));
            if (!key.isPrivate() || !Curve.P_256.equals(key.getCurve())) {
                throw new IllegalStateException(file + " holds no private key on the curve P-256");
            }
            return key;
        } catch (ParseException e) {
            // The cause could cite the key.
            throw new IllegalStateException(file + " holds no key; delete it and all tokens end");
        } catch (JOSEException e) {
            throw new IllegalStateException("no key can be made", e);
        }
    }
}
