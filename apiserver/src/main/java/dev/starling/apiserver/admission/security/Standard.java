package dev.starling.apiserver.admission.security;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A level of the Pod Security Standards in one version. */
record Standard(Level level, String version) {
    static final String LATEST = "latest";
    /** Standards of later versions are checked as those of this one. */
    private static final int NEWEST = 34;

    /** From the loosest to the strictest. */
    enum Level { PRIVILEGED, BASELINE, RESTRICTED }

    private interface Rule {
        Optional<Violation> violation(CheckedPod pod, int minor);
    }

    /**
     * A check since some version.
     *
     * @param replaced the version since which the level restricted has a stricter check in its place
     */
    private record Check(int since, int replaced, Rule rule) {
    }

    private static final int NEVER = Integer.MAX_VALUE;

    private static final List<Check> BASELINE = List.of(new Check(0, NEVER, ProfileChecks::appArmor),
            new Check(0, 22, BaselineChecks::capabilities), new Check(0, NEVER, BaselineChecks::hostNamespaces),
            new Check(0, 0, BaselineChecks::hostPaths), new Check(0, NEVER, BaselineChecks::hostPorts),
            new Check(34, NEVER, BaselineChecks::probeHosts), new Check(0, NEVER, BaselineChecks::privileged),
            new Check(0, NEVER, BaselineChecks::procMount), new Check(0, NEVER, BaselineChecks::selinux),
            new Check(0, 19, ProfileChecks::seccomp), new Check(0, NEVER, BaselineChecks::sysctls),
            new Check(0, NEVER, BaselineChecks::hostProcesses));
    private static final List<Check> RESTRICTED = List.of(
            new Check(8, NEVER, RestrictedChecks::privilegeEscalation),
            new Check(22, NEVER, RestrictedChecks::capabilities), new Check(0, NEVER, RestrictedChecks::volumes),
            new Check(0, NEVER, RestrictedChecks::nonRoot), new Check(23, NEVER, RestrictedChecks::rootUser),
            new Check(19, NEVER, ProfileChecks::seccompWanted));

    private int minor() {
        return version.equals(LATEST) ? NEWEST : Math.min(NEWEST, Integer.parseInt(version.substring("v1.".length())));
    }

    /** What a pod does against this standard, in the order of Kubernetes. */
    List<Violation> violations(CheckedPod pod) {
        if (level == Level.PRIVILEGED) {
            return List.of();
        }
        int minor = minor();
        boolean strict = level == Level.RESTRICTED;
        var loose = BASELINE.stream().filter(check -> !strict || minor < check.replaced());
        var all = strict ? Stream.concat(loose, RESTRICTED.stream()) : loose;
        return all.filter(check -> minor >= check.since())
                .flatMap(check -> check.rule().violation(pod, minor).stream()).toList();
    }

    /** {@code restricted:latest}. */
    @Override
    public String toString() {
        return level.name().toLowerCase(Locale.ROOT) + ":" + version;
    }
}
