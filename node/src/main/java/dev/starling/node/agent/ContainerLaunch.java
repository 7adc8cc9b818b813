package dev.starling.node.agent;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.node.pod.ContainerView;
import dev.starling.node.pod.Environment;
import dev.starling.node.pod.Expansion;
import dev.starling.node.pod.MissingConfigException;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Resources;
import dev.starling.node.pool.Shape;
import dev.starling.node.runtime.ContainerSpec;
import dev.starling.node.runtime.ContainerSpec.Mount;
import dev.starling.node.runtime.ContainerStatus;
import dev.starling.node.runtime.PodIdentity;
import dev.starling.node.runtime.Resolver;
import dev.starling.node.runtime.Security;
import dev.starling.node.streams.LogFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns a pod's specification into what the runtime is asked for. Thread-safe: it keeps no state. */
final class ContainerLaunch {
    static final String UID_LABEL = "io.kubernetes.pod.uid";
    static final String BILLED_FROM = Receipt.BILLING_START;
    private static final int LONGEST_MESSAGE = 4_096;
    private static final int LONGEST_LOG_MESSAGE = 2_048;
    private static final int LOG_MESSAGE_LINES = 80;

    private final NodeParts parts;

    ContainerLaunch(NodeParts parts) {
        this.parts = parts;
    }

    /** @throws MissingConfigException if the pod names a runtime class that there is not, or that can't be had */
    Shape shape(PodView pod) {
        var sysctls = new LinkedHashMap<String, String>();
        pod.spec().array("securityContext", "sysctls").objects()
                .forEach(sysctl -> sysctls.put(sysctl.text("name"), sysctl.text("value")));
        String name = pod.spec().text("runtimeClassName");
        if (name.isEmpty()) {
            return new Shape("", sysctls);
        }
        String handler = parts.sources().find(Kinds.RUNTIME_CLASSES, "", name)
                .map(c -> c.tree().text("handler"))
                .orElseThrow(() -> new MissingConfigException("RuntimeClass \"" + name + "\" not found"));
        if (!parts.runtime().facts().handlers().contains(handler)) {
            throw new MissingConfigException("no runtime for \"" + handler + "\" is configured");
        }
        return new Shape(handler, sysctls);
    }

    PodIdentity identity(PodView pod) {
        var hosts = new ArrayList<String>();
        for (var alias : pod.spec().array("hostAliases").objects()) {
            hosts.add(alias.text("ip") + "\t" + String.join("\t", alias.array("hostnames").texts()));
        }
        return new PodIdentity(pod.namespace(), pod.name(), pod.uid(), pod.hostname(), pod.domain(), hosts,
                resolver(pod), parts.folders().podLogs(pod), Resources.enforced(pod));
    }

    private static Resolver resolver(PodView pod) {
        if (!pod.spec().text("dnsPolicy").equals("None")) {
            return Resolver.HOST;
        }
        var config = pod.spec().object("dnsConfig");
        var options = config.array("options").objects().stream()
                .map(o -> o.text("value").isEmpty() ? o.text("name") : o.text("name") + ":" + o.text("value")).toList();
        return new Resolver(config.array("nameservers").texts(), config.array("searches").texts(), options);
    }

    /** @throws MissingConfigException if something that is not optional is not there */
    ContainerSpec container(PodView pod, ContainerView container, int attempt, String podIp, String billedFrom) {
        var env = Environment.of(pod, container, parts.sources(), parts.place(podIp));
        var mounts = new ArrayList<>(parts.volumes().mounts(pod, container, env));
        if (parts.volumes().written()) {
            mounts.add(message(pod, container, attempt));
        }
        var labels = Map.of("io.kubernetes.pod.name", pod.name(), "io.kubernetes.pod.namespace", pod.namespace(),
                UID_LABEL, pod.uid(), "io.kubernetes.container.name", container.name());
        return new ContainerSpec(container.name(), attempt, container.image(), expanded(container.command(), env),
                expanded(container.args(), env), Environment.variables(env), mounts,
                container.workingDir(), container.terminal(), Resources.enforced(container),
                security(pod, container), log(pod, container, attempt), labels,
                annotations(pod, billedFrom));
    }

    /** A pod's wishes of the simulation go on to its containers. */
    private static Map<String, String> annotations(PodView pod, String billedFrom) {
        var annotations = new LinkedHashMap<String, String>();
        pod.object().annotations().forEach((key, value) -> {
            if (key.startsWith("simulation.starling.dev/")) {
                annotations.put(key, value);
            }
        });
        annotations.put(BILLED_FROM, billedFrom);
        return annotations;
    }

    private static List<String> expanded(List<String> words, Map<String, String> env) {
        return words.stream().map(word -> Expansion.expand(word, env)).toList();
    }

    private Path log(PodView pod, ContainerView container, int attempt) {
        return parts.volumes().written() ? parts.folders().log(pod, container.name(), attempt) : ContainerSpec.NO_LOG;
    }

    private Mount message(PodView pod, ContainerView container, int attempt) {
        var file = parts.folders().message(pod.uid(), container.name(), attempt);
        try {
            Files.createDirectories(file.getParent());
            if (!Files.exists(file)) {
                Files.createFile(file);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Mount(file, container.terminationMessagePath(), false);
    }

    private Security security(PodView pod, ContainerView container) {
        var own = container.json().object("securityContext");
        var shared = pod.spec().object("securityContext");
        String user = number(own, shared, "runAsUser");
        String group = number(own, shared, "runAsGroup");
        var groups = new ArrayList<Long>();
        shared.array("supplementalGroups").forEach(g -> groups.add(g.number(0)));
        if (shared.has("fsGroup")) {
            groups.add(shared.at("fsGroup").number(0));
        }
        boolean mustNotBeRoot = own.has("runAsNonRoot") ? own.flag("runAsNonRoot") : shared.flag("runAsNonRoot");
        if (mustNotBeRoot) {
            refuseRoot(pod, container, user);
        }
        boolean noNew = own.has("allowPrivilegeEscalation") && !own.flag("allowPrivilegeEscalation");
        return new Security(user, group, groups, false, own.flag("readOnlyRootFilesystem"), noNew,
                own.array("capabilities", "add").texts(), own.array("capabilities", "drop").texts());
    }

    private static String number(JsonObject own, JsonObject shared, String field) {
        long value = own.at(field).number(shared.at(field).number(-1));
        return value < 0 ? "" : Long.toString(value);
    }

    private void refuseRoot(PodView pod, ContainerView container, String user) {
        String imageUser = parts.runtime().images().find(container.image()).map(i -> i.user()).orElse("");
        String effective = user.isEmpty() ? imageUser.split(":")[0] : user;
        String who = " (pod: \"" + pod.longName() + "\", container: " + container.name() + ")";
        if (effective.isEmpty() || effective.equals("0") || effective.equals("root")) {
            throw new MissingConfigException(user.isEmpty()
                    ? "container has runAsNonRoot and image will run as root" + who
                    : "container's runAsUser breaks non-root policy" + who);
        }
        if (!effective.chars().allMatch(Character::isDigit)) {
            throw new MissingConfigException("container has runAsNonRoot and image has non-numeric user (" + effective
                    + "), cannot verify user is non-root" + who);
        }
    }

    /** What a container that ended left as its message: its file, or the end of its log if it asks for that. */
    String exitMessage(PodView pod, ContainerStatus status) {
        var view = pod.container(status.name());
        if (view.isEmpty()) {
            return "";
        }
        String text = read(parts.folders().message(pod.uid(), status.name(), status.attempt()));
        if (text.isEmpty() && view.get().messageFallsBackToLogs() && status.exitCode() != 0) {
            return LogFile.tail(parts.folders().log(pod, status.name(), status.attempt()), LOG_MESSAGE_LINES,
                    LONGEST_LOG_MESSAGE);
        }
        return text;
    }

    private static String read(Path file) {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_MESSAGE), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "Error on reading termination log " + file.getFileName() + ": " + e.getMessage();
        }
    }
}
