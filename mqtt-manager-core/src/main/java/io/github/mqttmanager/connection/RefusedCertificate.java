package io.github.mqttmanager.connection;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What was wrong with a certificate, with what the certificate says of itself; the exceptions of the runtime do not tell. */
final class RefusedCertificate extends CertificateException {
    private static final long serialVersionUID = 1L;

    // Of general names in a certificate (RFC 5280 section 4.2.1.6).
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private static final int NAMES_SHOWN = 5;

    private final transient X509Certificate shown;

    RefusedCertificate(X509Certificate shown, CertificateException why) {
        super(why.getMessage(), why);
        this.shown = shown;
    }

    String issuer() {
        return Failures.clean(shown.getIssuerX500Principal().getName());
    }

    Instant notBefore() {
        return shown.getNotBefore().toInstant();
    }

    Instant notAfter() {
        return shown.getNotAfter().toInstant();
    }

    /** The hosts that it is for; empty if it names none. */
    String names() {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = shown.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> name : alternatives) {
                    if (name.get(0).equals(DNS_NAME) || name.get(0).equals(IP_ADDRESS)) {
                        names.add(String.valueOf(name.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            return "";
        }
        String some = names.stream().limit(NAMES_SHOWN).map(Failures::clean).collect(Collectors.joining(", "));
        return names.size() > NAMES_SHOWN ? some + ", ..." : some;
    }
}
