package dev.starling.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.Random;

/** A user's daily work with one kubectl in one namespace, a step at a time, in the order of the methods. */
final class KubectlWork {
    private static final int COPIED_BYTES = 20_000_000;

    private final Kubectl kubectl;
    private final String namespace;

    KubectlWork(Kubectl kubectl, String namespace) {
        this.kubectl = kubectl;
        this.namespace = namespace;
    }

    private String ok(String... words) {
        return kubectl.ok(inNamespace(words));
    }

    private String[] inNamespace(String... words) {
        var all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 2, words.length);
        all[0] = "--namespace";
        all[1] = namespace;
        return all;
    }

    private String value(String object, String path) {
        return kubectl.value(object, namespace, path);
    }

    void apply() {
        String yaml = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                      - {name: nginx, image: "nginx:latest", ports: [{containerPort: 80}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: shell}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: sh
                    image: busybox
                    command: [sh, -c, 'trap "exit 0" TERM; echo begun; i=0; while :; do i=$((i+1));
                      echo tick $i; sleep 0.5 & wait $!; done']
                """;
        String first = kubectl.fed(yaml, inNamespace("apply", "-f", "-")).succeeded();
        assertTrue(first.contains("deployment.apps/web created"), first);
        String again = kubectl.fed(yaml, inNamespace("apply", "-f", "-")).succeeded();
        assertTrue(again.contains("deployment.apps/web unchanged"), again);
        assertTrue(again.contains("pod/shell unchanged"), again);
        ok("rollout", "status", "deployment/web", "--timeout=60s");
        ok("wait", "--for=condition=Ready", "pod/shell", "--timeout=60s");
    }

    void list() {
        String table = ok("get", "pods");
        assertTrue(table.startsWith("NAME"), table);
        assertTrue(table.matches("(?s).*shell +1/1 +Running +0 .*"), table);
        assertTrue(ok("get", "deployments", "-o", "wide").contains("nginx:latest"));
        String yaml = ok("get", "deployment", "web", "-o", "yaml");
        assertTrue(yaml.startsWith("apiVersion: apps/v1\nkind: Deployment\n"), yaml);
        assertTrue(yaml.contains("readyReplicas: 1"), yaml);
    }

    void describe() {
        String pod = ok("describe", "pod", "shell");
        assertTrue(pod.matches("(?s).*Status: +Running.*Scheduled.*Started.*"), pod);
        String deployment = ok("describe", "deployment", "web");
        assertTrue(deployment.contains("1 desired | 1 updated | 1 total | 1 available"), deployment);
    }

    void runWithInput() {
        var answer = kubectl.fed("one\ntwo\n", inNamespace("run", "count", "-i", "--rm", "--restart=Never",
                "--image=busybox", "--", "sh", "-c", "wc -l; exit 0"));
        assertTrue(answer.succeeded().startsWith("2\n"), answer.out() + answer.err());
        assertEquals("", value("pod/count", ".metadata.name"));
    }

    void runAtTerminal() {
        var answer = kubectl.atTerminal("", inNamespace("run", "term", "-it", "--rm", "--restart=Never",
                "--image=busybox", "--", "sh", "-c", "sleep 1; tty; echo size $(stty size)"));
        assertTrue(answer.succeeded().contains("/dev/pts/"), answer.out());
    }

    void execAtTerminal() {
        var answer = kubectl.atTerminal("echo $((6 * 7)); exit 3\n", inNamespace("exec", "-it", "shell", "--", "sh"));
        assertTrue(answer.out().contains("42"), answer.out());
        assertEquals(3, answer.exit(), answer.out());
    }

    void execAndLogs() {
        assertEquals("in\n", kubectl.fed("in\n", inNamespace("exec", "-i", "shell", "--", "cat")).succeeded());
        var failed = kubectl.run(inNamespace("exec", "shell", "--", "sh", "-c", "echo out; echo err >&2; exit 7"));
        assertEquals(7, failed.exit(), failed.err());
        assertEquals("out\n", failed.out());
        assertTrue(failed.err().startsWith("err\n"), failed.err());
        assertTrue(ok("logs", "shell").startsWith("begun\n"));
        assertEquals(1, ok("logs", "shell", "--tail=1").lines().count());
    }

    void followAndPrevious() {
        try (var follow = kubectl.start(inNamespace("logs", "-f", "shell", "--tail=1"))) {
            Eventually.holds("two more lines", () -> follow.out().lines().count() >= 3);
        }
        kubectl.fed("""
                apiVersion: v1
                kind: Pod
                metadata: {name: again}
                spec:
                  containers:
                  - {name: sh, image: busybox, command: [sh, -c, "echo life $(cat /d/n 2>&-); echo x >> /d/n;
                      if [ $(wc -l < /d/n) = 1 ]; then exit 1; fi; sleep 1000"],
                     volumeMounts: [{name: d, mountPath: /d}]}
                  terminationGracePeriodSeconds: 0
                  volumes: [{name: d, emptyDir: {}}]
                """, inNamespace("apply", "-f", "-")).succeeded();
        Eventually.see("it runs again", () -> value("pod/again", ".status.containerStatuses[0].restartCount")
                + value("pod/again", ".status.containerStatuses[0].state.running.startedAt"),
                seen -> seen.startsWith("1") && seen.length() > 1);
        assertEquals("life\n", ok("logs", "again", "--previous"));
        assertEquals("life x\n", ok("logs", "again"));
        ok("delete", "pod", "again", "--now");
    }

    void attach() {
        try (var attached = kubectl.start(inNamespace("attach", "shell"))) {
            Eventually.holds("the output comes", () -> attached.out().contains("tick"));
        }
    }

    void portForward() {
        try (var forward = kubectl.start(inNamespace("port-forward", "deployment/web", ":80"))) {
            String said = Eventually.see("it listens", forward::out, out -> out.contains("Forwarding from 127.0.0.1:"));
            String port = said.replaceAll("(?s).*?127\\.0\\.0\\.1:(\\d+) ->.*", "$1");
            for (int i = 0; i < 3; i++) {
                String page = Web.page("http://127.0.0.1:" + port + "/");
                assertTrue(page.startsWith("200 "), page + forward.err());
            }
        }
    }

    void copyBothWays() throws IOException {
        var sent = kubectl.home().resolve("sent");
        var back = kubectl.home().resolve("back");
        byte[] content = new byte[COPIED_BYTES];
        new Random(7).nextBytes(content);
        Files.write(sent, content);
        ok("cp", sent.toString(), "shell:/tmp/copied");
        assertEquals(sha256(content), ok("exec", "shell", "--", "sha256sum", "/tmp/copied").split(" ")[0]);
        ok("cp", "shell:/tmp/copied", back.toString());
        assertEquals(sha256(content), sha256(Files.readAllBytes(back)));
        Files.delete(sent);
        Files.delete(back);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    void top() {
        String pods = Eventually.see("the pod is measured", () -> kubectl.run(inNamespace("top", "pods")).out(),
                seen -> seen.contains("shell"));
        assertTrue(pods.matches("(?s).*shell +\\d+m +\\d+Mi.*"), pods);
        String nodes = ok("top", "nodes");
        assertTrue(nodes.matches("(?s)NAME.*starling.* \\d+m +\\d+% +\\d+Mi +\\d+%.*"), nodes);
    }

    void createAndScale() {
        ok("create", "deployment", "made", "--image=nginx");
        ok("rollout", "status", "deployment/made", "--timeout=60s");
        ok("scale", "deployment", "made", "--replicas=0");
        Eventually.see("it is scaled in", () -> value("deployment/made", ".status.replicas"), String::isEmpty);
        ok("scale", "deployment", "web", "--replicas=2");
        ok("rollout", "status", "deployment/web", "--timeout=60s");
        assertEquals("2", value("deployment/web", ".status.readyReplicas"));
        ok("scale", "deployment", "web", "--replicas=1");
        ok("delete", "deployment", "made", "--wait=false");
    }

    void expose() {
        ok("expose", "deployment", "web", "--port=80");
        String address = value("service/web", ".spec.clusterIP");
        Eventually.see("it answers", () -> Web.page("http://" + address + "/"), page -> page.startsWith("200 "));
    }

    void rollout() {
        ok("set", "image", "deployment/web", "nginx=docker.io/library/nginx:latest");
        assertTrue(ok("rollout", "status", "deployment/web", "--timeout=60s").contains("successfully rolled out"));
        assertTrue(ok("rollout", "history", "deployment/web").contains("2"));
        ok("rollout", "undo", "deployment/web");
        ok("rollout", "status", "deployment/web", "--timeout=60s");
        assertEquals("nginx:latest", value("deployment/web", ".spec.template.spec.containers[0].image"));
    }

    void delete() {
        ok("delete", "deployment", "web");
        ok("delete", "pod", "shell", "--now");
        ok("delete", "namespace", namespace, "--wait=false");
    }

    void deleteAll() {
        ok("delete", "deployment", "web");
        ok("delete", "pod", "shell", "--now");
        Eventually.see("all pods are gone", () -> ok("get", "pods", "-o", "name"), String::isEmpty);
        ok("delete", "namespace", namespace);
        assertEquals("", value("namespace/" + namespace, ".metadata.name"));
    }
}
