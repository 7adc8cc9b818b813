package dev.starling.app.up;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.ThreadDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes {@code docs/compatibility.md} from what the running server answers, and fails if it was another before. */
final class CompatibilityTest {
    private static final Path PAGE = Path.of("..", "docs", "compatibility.md");
    private static final String HEAD = """
            # What of the Kubernetes API is there

            This page is written by `CompatibilityTest`: it asks a running server for each resource that discovery
            names, in each form, and writes down what it answers. What is missing is refused with the status shown.

            - **verbs**: create, get, list, watch, update, patch, delete, deletecollection (dc)
            - **in**, **out**: the forms of bodies and of answers: JSON, YAML, protobuf, `Table`,
              `PartialObjectMetadata` (metadata)
            - **patches**: JSON patch, merge patch, strategic merge patch, server-side apply
            - **dry run**: whether `dryRun=All` is answered and stores nothing
            - **field selectors**: beside `metadata.name` and `metadata.namespace`

            Every list takes `limit`, `continue`, `resourceVersion` and `resourceVersionMatch`; every watch takes
            `allowWatchBookmarks`, `sendInitialEvents` and `timeoutSeconds`, and goes over HTTP or a WebSocket, in
            which each event is a message of its own; the rules are those of Kubernetes 1.34.

            Kinds that no controller acts on yet are stored, checked and watched, but nothing fills in their status:
            PersistentVolume, PersistentVolumeClaim, VolumeAttachment, Ingress, NetworkPolicy, ServiceCIDR,
            ResourceClaim, FlowSchema, PriorityLevelConfiguration. Pods that use a PersistentVolumeClaim are refused,
            also those of a StatefulSet with `volumeClaimTemplates`, whose claims are made. Pods with a `csi` volume are
            taken; they wait with a FailedMount event, as on a node that lacks the driver. `maxUnavailable` of a
            StatefulSet is honoured as in later releases. A DaemonSet has one pod on each virtual node, however many
            hosts are behind it.

            Services of type NodePort and LoadBalancer get ports of the node, which are served on every address of the
            host but 127.0.0.1. LoadBalancers get addresses where `up --load-balancer-range` names some, and stay
            pending elsewhere. `externalIPs` are served for whoever routes them to the host; they win over nothing
            that another Service has of its own.

            Ephemeral containers and other sizes of pods that are there (`ephemeralcontainers`, `resize`) are checked
            like in Kubernetes, and then refused, because virtual nodes cannot follow yet.

            MutatingAdmissionPolicy and its bindings are beta in Kubernetes 1.34, which serves them only where they are
            switched on. Here they are always on, in `v1beta1` and in the `v1` of later releases, with the same fields;
            `v1alpha1` is not served.
            """;

    @TempDir
    private Path folder;

    @Test
    void thePageSaysWhatTheServerAnswers() throws Exception {
        var settings = new UpSettings(folder.resolve("s"), "127.0.0.1", 0, UpSettings.Runtime.SIMULATED, true,
                List.of(), PoolOptions.USUAL.withWarm(0), ServiceSettings.USUAL, OpsSettings.NONE);
        try (var starling = new Starling(settings, new ThreadDriver(InstantSource.system()));
                var probe = new ResourceProbe(starling.url(), starling.kubeconfig())) {
            starling.openPool();
            String page = page(probe);
            String before = Files.exists(PAGE) ? Files.readString(PAGE) : "";
            if (!page.equals(before)) {
                Files.writeString(PAGE, page);
            }
            assertEquals(before, page, "docs/compatibility.md was out of date and is written anew: commit it");
        }
    }

    private static String page(ResourceProbe probe) throws IOException, InterruptedException {
        var page = new StringBuilder(HEAD);
        var documents = new ArrayList<>(probe.json("/api", ResourceProbe.DISCOVERY).array("items").objects());
        documents.addAll(probe.json("/apis", ResourceProbe.DISCOVERY).array("items").objects());
        for (var group : documents) {
            for (var version : group.array("versions").objects()) {
                section(page, probe, group.text("metadata", "name"), version);
            }
        }
        return page.toString();
    }

    private static void section(StringBuilder page, ResourceProbe probe, String group, JsonObject version)
            throws IOException, InterruptedException {
        String name = version.text("version");
        page.append("\n## ").append(group.isEmpty() ? name : group + "/" + name).append("\n\n")
                .append("| resource | verbs | in | out | patches | dry run | field selectors | subresources |\n")
                .append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (var resource : version.array("resources").objects()) {
            var verbs = resource.array("verbs").texts();
            var asked = new ResourceProbe.Asked(group, name, resource.text("resource"),
                    resource.text("responseKind", "kind"), resource.text("scope").equals("Namespaced"));
            page.append("| ").append(title(resource)).append(" | ").append(verbs(verbs)).append(" | ")
                    .append(verbs.contains("create") ? probe.takes(asked) : "–").append(" | ")
                    .append(verbs.contains("list") ? probe.gives(asked, verbs.contains("watch")) : "–").append(" | ")
                    .append(verbs.contains("patch") ? probe.patches(asked) : "–").append(" | ")
                    .append(verbs.contains("create") && verbs.contains("get") ? probe.dryRun(asked) : "–")
                    .append(" | ").append(verbs.contains("list") ? probe.selectors(asked) : "–").append(" | ")
                    .append(subresources(resource)).append(" |\n");
        }
    }

    private static String title(JsonObject resource) {
        var others = new ArrayList<>(resource.array("shortNames").texts());
        resource.array("categories").texts().forEach(category -> others.add("in " + category));
        return resource.text("resource") + (others.isEmpty() ? "" : " (" + String.join(", ", others) + ")");
    }

    private static String verbs(List<String> verbs) {
        return verbs.stream().map(verb -> verb.equals("deletecollection") ? "dc" : verb)
                .collect(Collectors.joining(" "));
    }

    private static String subresources(JsonObject resource) {
        var all = resource.array("subresources").objects().stream().map(sub -> sub.text("subresource") + ": "
                + String.join(" ", sub.array("verbs").texts())).toList();
        return all.isEmpty() ? "–" : String.join("; ", all);
    }
}
