package dev.starling.apiserver.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The kubeconfig of the administrator, with everything inside so that the file can be copied. */
final class AdminKubeconfig {

    private AdminKubeconfig() {
    }

    static String text(String cluster, String address, String authority, String certificate, String key) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    server: %2$s
                    certificate-authority-data: %3$s
                users:
                - name: %1$s-admin
                  user:
                    client-certificate-data: %4$s
                    client-key-data: %5$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s-admin
                current-context: %1$s
                """.formatted(cluster, address, base64(authority), base64(certificate), base64(key));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
