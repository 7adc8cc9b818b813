package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import java.util.Set;

/**
 * Whether a user may. A fixed rule set until roles exist: administrators and the product's own components may do
 * everything; everyone who is known may discover the API and review himself; nobody else may do anything.
 */
public final class FixedRules implements Authorizer {
    private static final String OWN = "system:starling:";
    private static final Set<String> OPEN_PATHS = Set.of("/livez", "/readyz", "/healthz", "/version");
    private static final Set<String> KNOWN_PATHS = Set.of("/", "/api", "/apis", "/openapi", "/openid",
            "/.well-known");
    private static final Set<String> SELF_REVIEWS =
            Set.of("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews");

    @Override
    public Verdict judge(Caller user, Attributes wanted) {
        return allowed(user, wanted) ? Verdict.ALLOW : Verdict.NO_OPINION;
    }

    private static boolean allowed(Caller user, Attributes wanted) {
        if (user.groups().contains(Callers.MASTERS)
                || user.name().startsWith(OWN) && user.groups().contains(Callers.AUTHENTICATED)) {
            return true;
        }
        if (!wanted.forResource()) {
            boolean reads = wanted.verb().equals("get") || wanted.verb().equals("head");
            return reads && (under(OPEN_PATHS, wanted.path())
                    || !Callers.anonymous(user) && under(KNOWN_PATHS, wanted.path()));
        }
        return !Callers.anonymous(user) && wanted.verb().equals("create") && SELF_REVIEWS.contains(wanted.resource());
    }

    private static boolean under(Set<String> roots, String path) {
        int slash = path.indexOf('/', 1);
        return roots.contains(slash < 0 ? path : path.substring(0, slash));
    }
}
