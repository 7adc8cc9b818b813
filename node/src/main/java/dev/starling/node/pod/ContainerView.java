package dev.starling.node.pod;

import dev.starling.kube.json.JsonObject;
import dev.starling.node.runtime.ContainerSpec.Terminal;
import java.util.List;

/** One container of a pod's specification; absent fields read as the defaults of the API. */
public record ContainerView(JsonObject json, boolean init) {

    /** {@code imagePullPolicy}. */
    public enum PullPolicy { ALWAYS, IF_NOT_PRESENT, NEVER }

    public String name() {
        return json.text("name");
    }

    public String image() {
        return json.text("image");
    }

    public PullPolicy pullPolicy() {
        return switch (json.text("imagePullPolicy")) {
            case "Always" -> PullPolicy.ALWAYS;
            case "Never" -> PullPolicy.NEVER;
            case "IfNotPresent" -> PullPolicy.IF_NOT_PRESENT;
            default -> latest() ? PullPolicy.ALWAYS : PullPolicy.IF_NOT_PRESENT;
        };
    }

    private boolean latest() {
        String last = image().substring(image().lastIndexOf('/') + 1);
        return !last.contains("@") && (!last.contains(":") || last.endsWith(":latest"));
    }

    public List<String> command() {
        return json.array("command").texts();
    }

    public List<String> args() {
        return json.array("args").texts();
    }

    public String workingDir() {
        return json.text("workingDir");
    }

    public List<JsonObject> mounts() {
        return json.array("volumeMounts").objects();
    }

    public Terminal terminal() {
        return new Terminal(json.flag("stdin"), json.flag("stdinOnce"), json.flag("tty"));
    }

    public String terminationMessagePath() {
        String path = json.text("terminationMessagePath");
        return path.isEmpty() ? "/dev/termination-log" : path;
    }

    public boolean messageFallsBackToLogs() {
        return json.text("terminationMessagePolicy").equals("FallbackToLogsOnError");
    }

    /** The probe of a kind: {@code livenessProbe}, {@code readinessProbe}, {@code startupProbe}; empty for none. */
    public JsonObject probe(String field) {
        return json.object(field);
    }

    public boolean hasProbe(String field) {
        return !init && json.has(field) && !json.object(field).isEmpty();
    }
}
