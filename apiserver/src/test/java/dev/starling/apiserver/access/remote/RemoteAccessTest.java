package dev.starling.apiserver.access.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteAccessTest {
    @TempDir
    private Path folder;

    private RemoteAccess read(String text) throws IOException {
        var file = folder.resolve("access.yaml");
        Files.writeString(file, text);
        return RemoteAccess.read(file, InstantSource.system());
    }

    @Test
    void addsNothingWithoutAFile() {
        assertEquals(0, RemoteAccess.read(folder.resolve("none"), InstantSource.system()).proofs().size());
    }

    @Test
    void readsBoth() throws IOException {
        Files.writeString(folder.resolve("hook"), "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: "
                + "{server: 'https://127.0.0.1:1/authorize'}}]\nusers: [{name: u, user: {token: t}}]\n"
                + "contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n");
        var access = read("oidc: {issuer: 'https://issuer', clientId: kube, requiredClaims: {tenant: acme}}\n"
                + "webhook: {kubeconfig: hook, timeoutSeconds: 3}\n");
        assertEquals(1, access.proofs().size());
        assertEquals(1, access.authorizers().size());
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> read("oidc: {issuerUrl: 'https://x'}"));
        assertTrue(refusal.getMessage().contains("there is no setting issuerUrl"), refusal.getMessage());
    }
}
