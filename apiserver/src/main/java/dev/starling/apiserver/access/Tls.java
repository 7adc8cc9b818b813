package dev.starling.apiserver.access;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The server's TLS context, made without a key store: one key, and the authorities that clients may know. */
final class Tls {
    private static final String ALIAS = "server";

    private Tls() {
    }

    /** @param proxies has signed the certificates of proxies */
    static SSLContext server(CertifiedKey server, X509Certificate authority, X509Certificate proxies) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OneKey(server, authority)},
                    new TrustManager[] {new AnyClient(authority, proxies)}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS is not available", e);
        }
    }

    /**
     * Lets the handshake pass with any client certificate, as Kubernetes does: the handshake proves that the client
     * has the key, and the authenticator then answers 401 to what our authority did not sign. No request is served on
     * the strength of the handshake alone.
     */
    private static final class AnyClient extends X509ExtendedTrustManager {
        private final X509Certificate[] authorities;

        AnyClient(X509Certificate... authorities) {
            this.authorities = authorities.clone();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new UnsupportedOperationException("this context serves only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new UnsupportedOperationException("this context serves only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException("this context serves only");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authorities.clone();
        }
    }

    private static final class OneKey extends X509ExtendedKeyManager {
        private final CertifiedKey key;
        private final X509Certificate[] chain;

        OneKey(CertifiedKey key, X509Certificate authority) {
            this.key = key;
            this.chain = new X509Certificate[] {key.certificate(), authority};
        }

        @Override
        public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers,
                SSLEngine engine) {
            return keyType.equals("EC") ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
            return keyType.equals("EC") ? ALIAS : null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.clone();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key.key();
        }
    }
}
