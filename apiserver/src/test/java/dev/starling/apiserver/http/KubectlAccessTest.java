package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real kubectl shows of roles, reviews and impersonation. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class KubectlAccessTest {
    @TempDir
    private static Path folder;
    private static TestServer server;
    private static Kubectl kubectl;

    @BeforeAll
    static void start() {
        server = TestServer.in(folder);
        kubectl = Kubectl.installed(server, folder);
        server.bootstrapRoles();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String run(String... arguments) throws Exception {
        return kubectl.run(arguments);
    }

    @Test
    void givesAUserARoleAndTakesItAway() throws Exception {
        assertEquals("Error from server (Forbidden): pods is forbidden: User \"jane\" cannot list resource \"pods\" in "
                + "API group \"\" in the namespace \"default\"\n", run("get", "pods", "--as", "jane"));
        assertEquals("role.rbac.authorization.k8s.io/reader created\n",
                run("create", "role", "reader", "--verb=get,list,watch", "--resource=pods,pods/log"));
        assertEquals("rolebinding.rbac.authorization.k8s.io/readers created\n",
                run("create", "rolebinding", "readers", "--role=reader", "--user=jane"));
        assertEquals("No resources found in default namespace.\n", run("get", "pods", "--as", "jane"));
        assertEquals("yes\n", run("auth", "can-i", "get", "pods/log", "--as", "jane"));
        assertEquals("no\n", run("auth", "can-i", "delete", "pods", "--as", "jane"));
        assertEquals("yes\n", run("auth", "can-i", "get", "/api", "--as", "jane"));
        String rules = run("auth", "can-i", "--list", "--as", "jane");
        assertTrue(rules.contains("selfsubjectreviews.authentication.k8s.io"), rules);
        assertTrue(rules.lines().anyMatch(line -> line.startsWith("pods/log ") && line.endsWith("[get list watch]")),
                rules);
        assertTrue(run("get", "rolebinding", "-o", "wide").contains("Role/reader"));
        run("delete", "rolebinding", "readers");
        assertEquals("no\n", run("auth", "can-i", "get", "pods/log", "--as", "jane"));
    }

    @Test
    void showsWhomOneActsAs() throws Exception {
        String who = run("auth", "whoami", "--as", "jane", "--as-group", "devs", "-o", "json");
        assertTrue(who.contains("\"username\": \"jane\""), who);
        assertTrue(who.contains("\"devs\"") && who.contains("\"system:authenticated\""), who);
    }

    private static void request(String name, String signer, String subject, String usages) throws Exception {
        var file = folder.resolve(name + ".yaml");
        String pem = Base64.getEncoder().encodeToString(Requests.pem(subject).getBytes(StandardCharsets.US_ASCII));
        Files.writeString(file, "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: "
                + name + "}\nspec: {request: " + pem + ", signerName: " + signer + ", usages: [" + usages
                + "], expirationSeconds: 3600}\n");
        assertEquals("certificatesigningrequest.certificates.k8s.io/" + name + " created\n",
                run("create", "-f", file.toString()));
    }

    @Test
    void approvesACertificateThatWorks() throws Exception {
        request("jane", "kubernetes.io/kube-apiserver-client", "O=devs,CN=jane", "client auth");
        assertTrue(run("get", "csr", "jane").contains("Pending"));
        assertEquals("certificatesigningrequest.certificates.k8s.io/jane approved\n",
                run("certificate", "approve", "jane"));
        assertTrue(run("get", "csr", "jane").contains("Approved,Issued"));
        byte[] pem = Base64.getDecoder().decode(run("get", "csr", "jane", "-o", "jsonpath={.status.certificate}"));
        var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem));
        var jane = server.certificates().clients(InstantSource.system()).user(certificate).orElseThrow();
        assertEquals("jane", jane.name());
        assertEquals(List.of("devs", "system:authenticated"), jane.groups());
        assertTrue(certificate.getNotAfter().toInstant().isBefore(Instant.now().plusSeconds(3601)));
    }

    @Test
    void deniesAndRefusesRequests() throws Exception {
        request("joe", "kubernetes.io/kube-apiserver-client", "CN=joe", "client auth");
        assertEquals("certificatesigningrequest.certificates.k8s.io/joe denied\n",
                run("certificate", "deny", "joe"));
        assertEquals("", run("get", "csr", "joe", "-o", "jsonpath={.status.certificate}"));
        request("node", "kubernetes.io/kubelet-serving", "CN=web", "digital signature,server auth");
        run("certificate", "approve", "node");
        assertEquals("subject organization is not system:nodes",
                run("get", "csr", "node", "-o", "jsonpath={.status.conditions[?(@.type=='Failed')].message}"));
        run("create", "clusterrole", "judge", "--verb=get,list,update",
                "--resource=certificatesigningrequests,certificatesigningrequests/approval");
        run("create", "clusterrolebinding", "judge", "--clusterrole=judge", "--user=judge");
        request("other", "kubernetes.io/kube-apiserver-client", "CN=joe", "client auth");
        String refused = run("certificate", "approve", "other", "--as", "judge");
        assertTrue(refused.contains("certificatesigningrequests.certificates.k8s.io \"other\" is forbidden: user not "
                + "permitted to approve requests with signerName \"kubernetes.io/kube-apiserver-client\""), refused);
    }

    /** A kubeconfig without a user. */
    private static Path bare() throws IOException {
        var file = folder.resolve("bare");
        Files.writeString(file, Files.readString(server.kubeconfig()).replaceAll("    client-[a-z-]+: .*\n", "")
                .replace("  user:\n", "  user: {}\n"));
        return file;
    }

    @Test
    void fillsASecretWithAToken() throws Exception {
        var file = folder.resolve("secret.yaml");
        Files.writeString(file, "apiVersion: v1\nkind: Secret\nmetadata: {name: t, annotations: "
                + "{kubernetes.io/service-account.name: default}}\ntype: kubernetes.io/service-account-token\n");
        run("create", "-f", file.toString());
        String token = new String(Base64.getDecoder().decode(
                run("get", "secret", "t", "-o", "jsonpath={.data.token}")), StandardCharsets.US_ASCII);
        String known = run("auth", "whoami", "--token", token, "--kubeconfig", bare().toString());
        assertTrue(known.contains("system:serviceaccount:default:default"), known);
        run("delete", "secret", "t");
        String gone = run("auth", "whoami", "--token", token, "--kubeconfig", bare().toString());
        assertTrue(gone.contains("You must be logged in to the server") || gone.contains("Unauthorized"), gone);
    }

    @Test
    void knowsBootstrapTokens() throws Exception {
        run("-n", "kube-system", "create", "secret", "generic", "bootstrap-token-abcdef",
                "--type=bootstrap.kubernetes.io/token", "--from-literal=token-id=abcdef",
                "--from-literal=token-secret=0123456789abcdef", "--from-literal=usage-bootstrap-authentication=true",
                "--from-literal=auth-extra-groups=system:bootstrappers:workers");
        String known = run("auth", "whoami", "--token", "abcdef.0123456789abcdef", "--kubeconfig", bare().toString());
        assertTrue(known.contains("system:bootstrap:abcdef"), known);
        assertTrue(known.contains("system:bootstrappers:workers"), known);
        String forged = run("auth", "whoami", "--token", "abcdef.0123456789abcdeg", "--kubeconfig",
                bare().toString());
        assertTrue(forged.contains("You must be logged in to the server") || forged.contains("Unauthorized"), forged);
    }

    @Test
    void publishesHowTokensAreChecked() throws Exception {
        assertTrue(run("get", "--raw", "/.well-known/openid-configuration").contains("/openid/v1/jwks\""));
        assertTrue(run("get", "--raw", "/openid/v1/jwks").contains("\"ES256\""));
    }

    @Test
    void reconcilesRoles() throws Exception {
        var file = folder.resolve("roles.yaml");
        Files.writeString(file, "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c}\n"
                + "rules: [{apiGroups: [apps], resources: [deployments], verbs: [get]}]\n");
        assertEquals("clusterrole.rbac.authorization.k8s.io/c reconciled\n",
                run("auth", "reconcile", "-f", file.toString()).lines().findFirst().orElse("") + "\n");
        assertEquals("[\"get\"]", run("get", "clusterrole", "c", "-o", "jsonpath={.rules[0].verbs}"));
    }
}
