package dev.starling.kube.http;

import java.net.URI;
import javax.net.ssl.SSLContext;

/**
 * How to reach one cluster, as one user.
 *
 * @param authorityPem who must have signed the server's certificate; empty for the machine's own authorities
 * @param certificatePem the client's certificate; empty for none
 * @param keyPem its private key
 * @param token a bearer token; empty for none
 * @param insecure whether any server certificate will do
 * @param namespace of the context; empty where it names none
 */
public record ClusterAccess(URI server, String authorityPem, String certificatePem, String keyPem, String token,
        boolean insecure, String namespace) {

    /** By address and authority alone, with a token. */
    public static ClusterAccess withToken(URI server, String authorityPem, String token) {
        return new ClusterAccess(server, authorityPem, "", "", token, false, "");
    }

    /**
     * The TLS context of a client that connects so.
     *
     * @throws Kubeconfig.KubeconfigException if a certificate or key cannot be read
     */
    public SSLContext tls() {
        return ClientTls.context(this);
    }

    /** Names the server, never the secrets. */
    @Override
    public String toString() {
        return server.toString();
    }
}
