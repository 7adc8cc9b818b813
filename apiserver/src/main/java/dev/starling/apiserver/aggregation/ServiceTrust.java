package dev.starling.apiserver.aggregation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts a server that an authority signed for the name of its Service, at whatever address it listens; or, where the
 * user asked for that, any server.
 */
final class ServiceTrust extends X509ExtendedTrustManager {
    private static final int DNS_NAME = 2;

    private final String name;
    private final List<X509TrustManager> authorities;

    /** @param authorityPem empty to trust anybody */
    ServiceTrust(String name, String authorityPem) throws GeneralSecurityException, IOException {
        this.name = name;
        this.authorities = authorityPem.isEmpty() ? List.of() : List.of(authority(authorityPem));
    }

    private static X509TrustManager authority(String pem) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
            store.setCertificateEntry("ca" + number++, certificate);
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    private void check(X509Certificate[] chain, String type) throws CertificateException {
        for (var authority : authorities) {
            authority.checkServerTrusted(chain, type);
            var names = chain[0].getSubjectAlternativeNames();
            boolean named = names != null && names.stream().anyMatch(entry ->
                    entry.get(0).equals(DNS_NAME) && name.equalsIgnoreCase(String.valueOf(entry.get(1))));
            if (!named) {
                throw new CertificateException("the certificate is not for " + name);
            }
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        check(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
            throws CertificateException {
        check(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("no clients are expected");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
            throws CertificateException {
        throw new CertificateException("no clients are expected");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("no clients are expected");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
