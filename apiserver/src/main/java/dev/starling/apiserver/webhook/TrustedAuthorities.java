package dev.starling.apiserver.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The client's side of TLS for each bundle of authorities, made once. Thread-safe. */
final class TrustedAuthorities {
    private static final int MOST_KEPT = 200;

    private final Map<String, SSLContext> contexts = new ConcurrentHashMap<>();

    /** @param pem empty for the authorities that this machine trusts */
    SSLContext context(String pem) throws IOException {
        var known = contexts.get(pem);
        if (known != null) {
            return known;
        }
        if (contexts.size() >= MOST_KEPT) {
            contexts.clear();
        }
        var made = made(pem);
        contexts.put(pem, made);
        return made;
    }

    private static SSLContext made(String pem) throws IOException {
        try {
            if (pem.isEmpty()) {
                return SSLContext.getDefault();
            }
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(
                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            if (number == 0) {
                throw new IOException("unable to load root certificates: the caBundle holds none");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("unable to load root certificates: " + e.getMessage(), e);
        }
    }
}
