package dev.starling.apiserver.admission.security;

import static dev.starling.apiserver.admission.security.Violation.containers;
import static dev.starling.apiserver.admission.security.Violation.plural;
import static dev.starling.apiserver.admission.security.Violation.quoted;
import static dev.starling.apiserver.admission.security.Violation.setters;

import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the standard {@code baseline} forbids, beside profiles (source: the Pod Security Standards of 1.34). */
final class BaselineChecks {
    private static final Set<String> CAPABILITIES = Set.of("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER",
            "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT");
    private static final Set<String> SYSCTLS = Set.of("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start");
    private static final Set<String> SYSCTLS_27 = Set.of("net.ipv4.ip_local_reserved_ports");
    private static final Set<String> SYSCTLS_29 = Set.of("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes");
    private static final Set<String> SYSCTLS_32 = Set.of("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");

    private BaselineChecks() {
    }

    static Optional<Violation> capabilities(CheckedPod pod, int minor) {
        var added = new TreeSet<String>();
        pod.contexts().skip(1).forEach(context -> added.addAll(excess(context)));
        var bad = pod.containersWith(context -> !excess(context).isEmpty());
        return bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("non-default capabilities",
                containers(bad) + " must not include " + quoted(added) + " in securityContext.capabilities.add"));
    }

    private static List<String> excess(JsonObject context) {
        return context.array("capabilities", "add").texts().stream().filter(name -> !CAPABILITIES.contains(name))
                .toList();
    }

    static Optional<Violation> hostNamespaces(CheckedPod pod, int minor) {
        var shared = Stream.of("hostNetwork", "hostPID", "hostIPC").filter(name -> pod.spec().flag(name))
                .map(name -> name + "=true").toList();
        return shared.isEmpty() ? Optional.empty()
                : Optional.of(new Violation("host namespaces", String.join(", ", shared)));
    }

    static Optional<Violation> hostPaths(CheckedPod pod, int minor) {
        var bad = pod.spec().array("volumes").objects().stream()
                .filter(volume -> CheckedPod.given(volume, "hostPath")).map(volume -> volume.text("name")).toList();
        return bad.isEmpty() ? Optional.empty()
                : Optional.of(new Violation("hostPath volumes", plural("volume", bad) + " " + quoted(bad)));
    }

    static Optional<Violation> hostPorts(CheckedPod pod, int minor) {
        var bad = pod.containers().stream().filter(container -> !hostPorts(container).isEmpty())
                .map(container -> container.text("name")).toList();
        var ports = pod.containers().stream().flatMap(container -> hostPorts(container).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        return bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("hostPort", containers(bad)
                + (bad.size() == 1 ? " uses " : " use ") + plural("hostPort", ports) + " " + String.join(", ", ports)));
    }

    private static List<String> hostPorts(JsonObject container) {
        return container.array("ports").objects().stream().map(port -> port.at("hostPort").number(0))
                .filter(port -> port != 0).map(String::valueOf).toList();
    }

    /** Only since 1.34. */
    static Optional<Violation> probeHosts(CheckedPod pod, int minor) {
        var bad = pod.containers().stream().filter(container -> !probeHosts(container).isEmpty())
                .map(container -> container.text("name")).collect(Collectors.toCollection(TreeSet::new));
        var hosts = pod.containers().stream().flatMap(container -> probeHosts(container).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        return bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("probe or lifecycle host",
                containers(List.copyOf(bad)) + (bad.size() == 1 ? " uses " : " use ")
                + plural("probe or lifecycle host", hosts) + " " + quoted(hosts)));
    }

    private static List<String> probeHosts(JsonObject container) {
        var lifecycle = container.object("lifecycle");
        return Stream.of(container.object("livenessProbe"), container.object("readinessProbe"),
                        container.object("startupProbe"), lifecycle.object("postStart"), lifecycle.object("preStop"))
                .flatMap(probe -> Stream.of(probe.text("httpGet", "host"), probe.text("tcpSocket", "host")))
                .filter(host -> !host.isEmpty()).toList();
    }

    static Optional<Violation> privileged(CheckedPod pod, int minor) {
        var bad = pod.containersWith(context -> context.flag("privileged"));
        return bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("privileged",
                containers(bad) + " must not set securityContext.privileged=true"));
    }

    static Optional<Violation> procMount(CheckedPod pod, int minor) {
        var bad = pod.containersWith(BaselineChecks::mountsOtherProc);
        var types = pod.contexts().skip(1).filter(BaselineChecks::mountsOtherProc)
                .map(context -> context.text("procMount")).collect(Collectors.toCollection(TreeSet::new));
        return bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("procMount",
                containers(bad) + " must not set securityContext.procMount to " + quoted(types)));
    }

    private static boolean mountsOtherProc(JsonObject context) {
        return CheckedPod.given(context, "procMount") && !context.text("procMount").equals("Default");
    }

    static Optional<Violation> sysctls(CheckedPod pod, int minor) {
        var bad = pod.context().array("sysctls").objects().stream().map(each -> each.text("name"))
                .filter(name -> !isSafe(name, minor)).toList();
        return bad.isEmpty() ? Optional.empty()
                : Optional.of(new Violation("forbidden sysctls", String.join(", ", bad)));
    }

    private static boolean isSafe(String sysctl, int minor) {
        return SYSCTLS.contains(sysctl) || minor >= 27 && SYSCTLS_27.contains(sysctl)
                || minor >= 29 && SYSCTLS_29.contains(sysctl) || minor >= 32 && SYSCTLS_32.contains(sysctl);
    }

    static Optional<Violation> hostProcesses(CheckedPod pod, int minor) {
        boolean whole = pod.context().flag("windowsOptions", "hostProcess");
        var bad = pod.containersWith(context -> context.flag("windowsOptions", "hostProcess"));
        return !whole && bad.isEmpty() ? Optional.empty() : Optional.of(new Violation("hostProcess",
                setters(whole, bad) + " must not set securityContext.windowsOptions.hostProcess=true"));
    }

    static Optional<Violation> selinux(CheckedPod pod, int minor) {
        boolean whole = isForbidden(pod.context().object("seLinuxOptions"), minor);
        var bad = pod.containersWith(context -> isForbidden(context.object("seLinuxOptions"), minor));
        if (!whole && bad.isEmpty()) {
            return Optional.empty();
        }
        var options = pod.contexts().map(context -> context.object("seLinuxOptions")).toList();
        var types = options.stream().map(each -> each.text("type")).filter(type -> !isAllowedType(type, minor))
                .collect(Collectors.toCollection(TreeSet::new));
        var wrong = new ArrayList<String>();
        if (!types.isEmpty()) {
            wrong.add(plural("type", types) + " " + quoted(types));
        }
        Stream.of("user", "role").filter(part -> options.stream().anyMatch(each -> !each.text(part).isEmpty()))
                .forEach(part -> wrong.add(part + " may not be set"));
        return Optional.of(new Violation("seLinuxOptions", setters(whole, bad)
                + " set forbidden securityContext.seLinuxOptions: " + String.join("; ", wrong)));
    }

    private static boolean isForbidden(JsonObject options, int minor) {
        return !isAllowedType(options.text("type"), minor) || !options.text("user").isEmpty()
                || !options.text("role").isEmpty();
    }

    private static boolean isAllowedType(String type, int minor) {
        return switch (type) {
            case "", "container_t", "container_init_t", "container_kvm_t" -> true;
            case "container_engine_t" -> minor >= 31;
            default -> false;
        };
    }
}
