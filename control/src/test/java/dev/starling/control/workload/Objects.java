package dev.starling.control.workload;

import dev.starling.kube.json.Json;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.util.Arrays;

/** Objects for tests, written as YAML. */
public final class Objects {
    private Objects() {
    }

    /** One object from YAML; {@code %s} are filled in. */
    public static KubeObject yaml(String text, Object... values) {
        return KubeObject.of(Yaml.documents(values.length == 0 ? text : text.formatted(values)).getFirst().object());
    }

    /** A copy with one field set, by a dotted path. */
    public static KubeObject with(KubeObject object, String path, Object value) {
        return object.with(Json.of(value), path.split("\\."));
    }

    /** A pod with labels {@code a=b}, … */
    public static KubeObject pod(String namespacedName, String... labels) {
        int slash = namespacedName.indexOf('/');
        var pod = yaml("""
                apiVersion: v1
                kind: Pod
                metadata: {namespace: %s, name: %s, uid: uid-%s, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec: {containers: [{name: c}]}
                status: {phase: Pending}
                """, namespacedName.substring(0, slash), namespacedName.substring(slash + 1),
                namespacedName.substring(slash + 1));
        for (String label : Arrays.asList(labels)) {
            int is = label.indexOf('=');
            pod = pod.with(label.substring(is + 1), "metadata", "labels", label.substring(0, is));
        }
        return pod;
    }
}
