package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.ObjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The certificates of one installation, kept in a folder: its authority, the server's, and the administrator's.
 * What is missing, unreadable, near its end or made for other names is issued again; the authority only if it is
 * missing, and a broken authority stops the start, because every client trusts it.
 */
public final class Certificates {
    private static final Duration RENEWAL = Duration.ofDays(30);
    private static final String AUTHORITY_KEY = "2.5.29.35";
    private static final String SUBJECT_KEY = "2.5.29.14";
    /** Both extensions end with the SHA-1 digest by which the authority's key is named. */
    private static final int KEY_NAME_BYTES = 20;

    private final KeyFolder folder;
    private final CertifiedKey authority;
    private final CertifiedKey proxies; // the authority for proxies, so that no user can get a certificate of theirs
    private final CertifiedKey server;
    private final CertifiedKey admin;
    private final KeyPair tokens;

    /** The two authorities: for servers and users, and for proxies. */
    private record Authorities(CertifiedKey usual, CertifiedKey proxies) {
    }

    private Certificates(KeyFolder folder, Authorities authorities, CertifiedKey server, CertifiedKey admin,
            KeyPair tokens) {
        this.folder = folder;
        this.authority = authorities.usual();
        this.proxies = authorities.proxies();
        this.server = server;
        this.admin = admin;
        this.tokens = tokens;
    }

    /** Opens the folder, and issues what is needed for a server with these names. */
    public static Certificates open(Path path, List<ServerName> names, InstantSource clock) {
        var folder = new KeyFolder(path);
        var now = clock.instant();
        var random = new SecureRandom();
        var authority = authority(folder, "ca", "starling-ca", random, now);
        var proxies = authority(folder, "front-proxy-ca", "starling-front-proxy-ca", random, now);
        Supplier<CertificateAuthority> issuer = () -> new CertificateAuthority(authority, random, now);
        var server = kept(folder, "server", key -> usable(key, authority, now) && covers(key.certificate(), names))
                .orElseGet(() -> folder.keep("server", issuer.get().server("starling", names)));
        var admin = kept(folder, "admin", key -> usable(key, authority, now))
                .orElseGet(() -> folder.keep("admin",
                        issuer.get().client("kubernetes-admin", List.of(Callers.MASTERS))));
        return new Certificates(folder, new Authorities(authority, proxies), server, admin, tokenKey(folder));
    }

    private static CertifiedKey authority(KeyFolder folder, String file, String name, SecureRandom random,
            Instant now) {
        if (!folder.holds(file + ".key")) {
            return folder.keep(file, CertificateAuthority.create(name, random, now));
        }
        return folder.find(file).orElseThrow(() -> new IllegalStateException(
                "the certificate authority in the data folder cannot be read: restore " + file + ".key and " + file
                        + ".crt, or remove both"));
    }

    private static Optional<CertifiedKey> kept(KeyFolder folder, String name, Predicate<CertifiedKey> good) {
        return folder.find(name).filter(good);
    }

    /**
     * Whether the authority issued it and it lasts long enough. The issuer is known by its key's name alone: the files
     * are ours, and checking a signature with cold code takes longer than the rest of the start.
     */
    private static boolean usable(CertifiedKey key, CertifiedKey authority, Instant now) {
        byte[] issued = key.certificate().getExtensionValue(AUTHORITY_KEY);
        byte[] issuing = authority.certificate().getExtensionValue(SUBJECT_KEY);
        if (issued == null || issuing == null || issued.length < KEY_NAME_BYTES || issuing.length < KEY_NAME_BYTES) {
            return false;
        }
        return Arrays.equals(tail(issued), tail(issuing))
                && key.certificate().getNotAfter().toInstant().isAfter(now.plus(RENEWAL));
    }

    private static byte[] tail(byte[] extension) {
        return Arrays.copyOfRange(extension, extension.length - KEY_NAME_BYTES, extension.length);
    }

    private static boolean covers(X509Certificate certificate, List<ServerName> names) {
        try {
            Collection<List<?>> held = Optional.ofNullable(certificate.getSubjectAlternativeNames()).orElse(List.of());
            return names.stream().allMatch(name -> held.stream().anyMatch(entry ->
                    entry.get(0).equals(name.kind()) && same(name, (String) entry.get(1))));
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean same(ServerName name, String held) {
        return switch (name) {
            case ServerName.Dns(var host) -> host.equalsIgnoreCase(held);
            case ServerName.Address(var address) -> InetAddress.ofLiteral(address).equals(InetAddress.ofLiteral(held));
        };
    }

    private static KeyPair tokenKey(KeyFolder folder) {
        try {
            if (folder.holds("tokens.key")) {
                return new KeyPair(Pem.publicKey(folder.read("tokens.pub")), Pem.privateKey(folder.read("tokens.key")));
            }
            var made = KeyPairs.make();
            folder.write("tokens.pub", Pem.of(made.getPublic()));
            folder.write("tokens.key", Pem.of(made.getPrivate()));
            return made;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException("the key for service-account tokens in the data folder cannot be read", e);
        }
    }

    /** The server's side of TLS: shows the server's certificate, asks for one of the client. */
    public SSLContext serverTls() {
        return Tls.server(server, authority.certificate(), proxies.certificate());
    }

    /** What prepares this process for its first clients, beside whatever else a start does. */
    public Runnable tlsRehearsal() {
        return () -> new TlsRehearsal(serverTls()).run();
    }

    /** Reads who a client certificate names; trusts this authority alone. */
    public ClientCertificates clients(InstantSource clock) {
        return new ClientCertificates(authority.certificate(), clock);
    }

    /** Signs certificates for those who ask for one. */
    public CertificateSigner signer(InstantSource clock) {
        return new CertificateSigner(authority, clock);
    }

    /** Signs and checks service-account tokens with this installation's key. */
    public Tokens tokens(InstantSource clock) {
        return new Tokens(tokens, clock, new SecureRandom());
    }

    /** Fills Secrets that are to hold a token of a service account. */
    public Admission tokenSecrets(InstantSource clock) {
        return new TokenSecretAdmission(tokens(clock), authorityPem());
    }

    /**
     * How callers of this server prove who they are: a proxy speaks for them, or they show a certificate or a token of
     * a service account.
     */
    public List<Proof> proofs(ObjectReader objects, InstantSource clock) {
        return List.of(new FrontProxyProof(proxies.certificate(), clock), clients(clock),
                new ServiceAccountProof(tokens(clock), objects), new BootstrapTokenProof(objects, clock));
    }

    /**
     * How this server shows itself to servers that answer a group in its place: as {@code front-proxy-client}, which
     * the authority for proxies has signed. Made when it is asked for.
     */
    public KeyManager[] frontProxy(InstantSource clock) {
        try {
            var key = new CertificateAuthority(proxies, new SecureRandom(), clock.instant())
                    .client(FrontProxyProof.NAME, List.of());
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("front-proxy", key.key(), new char[0],
                    new java.security.cert.Certificate[] {key.certificate(), proxies.certificate()});
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the certificate of the front proxy can't be made", e);
        }
    }

    /** What the ConfigMap {@code extension-apiserver-authentication} tells aggregated servers: whom to believe. */
    public Map<String, String> extensionTrust() {
        return Map.of("client-ca-file", authorityPem(),
                "requestheader-client-ca-file", folder.read("front-proxy-ca.crt"),
                "requestheader-allowed-names", "[\"" + FrontProxyProof.NAME + "\"]",
                "requestheader-username-headers", "[\"X-Remote-User\"]",
                "requestheader-uid-headers", "[\"X-Remote-Uid\"]",
                "requestheader-group-headers", "[\"X-Remote-Group\"]",
                "requestheader-extra-headers-prefix", "[\"X-Remote-Extra-\"]");
    }

    /** The authority's certificate as PEM, for {@code kube-root-ca.crt} and for pods. */
    public String authorityPem() {
        return folder.read("ca.crt");
    }

    /** Writes a kubeconfig for the administrator of the server at this address ({@code https://127.0.0.1:6443}). */
    public void writeKubeconfig(Path file, String cluster, String address) {
        try {
            KeyFolder.replace(file, AdminKubeconfig.text(cluster, address, authorityPem(),
                    Pem.of(admin.certificate()),
                    Pem.labelled(admin.key(), admin.certificate().getPublicKey())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the administrator's certificate could not be encoded", e);
        }
    }
}
