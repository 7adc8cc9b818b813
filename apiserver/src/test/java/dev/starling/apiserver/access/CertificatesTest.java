package dev.starling.apiserver.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<ServerName> NAMES =
            List.of(ServerName.of("127.0.0.1"), ServerName.of("kubernetes.default.svc"), ServerName.of("::1"));
    @TempDir
    private Path folder;

    private void open(List<ServerName> names, Instant now) {
        Certificates.open(folder, names, InstantSource.fixed(now));
    }

    private String held(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    @Test
    void keepsWhatItIssued() throws IOException {
        open(NAMES, START);
        String server = held("server.crt");
        String authority = held("ca.crt");
        String tokens = held("tokens.pub");
        open(NAMES, START.plus(Duration.ofDays(100)));
        assertEquals(server, held("server.crt"));
        assertEquals(authority, held("ca.crt"));
        assertEquals(tokens, held("tokens.pub"));
    }

    @Test
    void issuesAgainForOtherNamesUnderTheSameAuthority() throws IOException {
        open(NAMES, START);
        String server = held("server.crt");
        String authority = held("ca.crt");
        open(List.of(ServerName.of("10.0.0.1")), START);
        assertNotEquals(server, held("server.crt"));
        assertEquals(authority, held("ca.crt"));
    }

    @Test
    void issuesAgainBeforeTheEnd() throws IOException {
        open(NAMES, START);
        String server = held("server.crt");
        String admin = held("admin.crt");
        open(NAMES, START.plus(Duration.ofDays(340)));
        assertNotEquals(server, held("server.crt"));
        assertNotEquals(admin, held("admin.crt"));
    }

    @Test
    void issuesAgainWhatWasDamaged() throws IOException {
        open(NAMES, START);
        Files.writeString(folder.resolve("server.crt"), "nonsense");
        open(NAMES, START);
        assertTrue(held("server.crt").startsWith("-----BEGIN CERTIFICATE-----"));
    }

    @Test
    void stopsAtADamagedAuthority() throws IOException {
        open(NAMES, START);
        Files.writeString(folder.resolve("ca.crt"), "nonsense");
        var failure = assertThrows(IllegalStateException.class, () -> open(NAMES, START));
        assertTrue(failure.getMessage().contains("ca.key"), failure.getMessage());
    }

    @Test
    void letsOnlyTheOwnerReadItsFiles() throws IOException {
        var certificates = Certificates.open(folder, NAMES, InstantSource.fixed(START));
        certificates.writeKubeconfig(folder.resolve("kubeconfig"), "c", "https://127.0.0.1:6443");
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                        file.toString());
            }
        }
    }

    @Test
    void namesTheAdministratorByTheCertificate() throws Exception {
        var certificates = Certificates.open(folder, NAMES, InstantSource.fixed(START));
        var admin = certificates.clients(InstantSource.fixed(START)).user(Pem.certificate(held("admin.crt")))
                .orElseThrow();
        assertEquals("kubernetes-admin", admin.name());
        assertEquals(List.of("system:masters", "system:authenticated"), admin.groups());
    }

    @Test
    void takesNoCertificateThatIsOutOfDateOrForServers() throws Exception {
        var certificates = Certificates.open(folder, NAMES, InstantSource.fixed(START));
        var late = certificates.clients(InstantSource.fixed(START.plus(Duration.ofDays(366))));
        assertTrue(late.user(Pem.certificate(held("admin.crt"))).isEmpty());
        var now = certificates.clients(InstantSource.fixed(START));
        assertTrue(now.user(Pem.certificate(held("server.crt"))).isEmpty());
    }
}
