package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import java.util.Set;

/** What holds without any role: administrators may do everything, and everyone may ask whether the server is well. */
public final class FixedRules implements Authorizer {
    private static final Set<String> OPEN_PATHS = Set.of("/livez", "/readyz", "/healthz", "/version");

    @Override
    public Verdict judge(Caller user, Attributes wanted) {
        return user.groups().contains(Callers.MASTERS) || open(wanted) ? Verdict.ALLOW : Verdict.NO_OPINION;
    }

    /** Whether a request is answered to strangers. */
    public static boolean open(Attributes wanted) {
        return !wanted.forResource() && (wanted.verb().equals("get") || wanted.verb().equals("head"))
                && OPEN_PATHS.contains(root(wanted.path()));
    }

    private static String root(String path) {
        int slash = path.indexOf('/', 1);
        return slash < 0 ? path : path.substring(0, slash);
    }
}
