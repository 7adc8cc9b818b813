package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Acting as somebody else, by the headers {@code Impersonate-…}: each part of the other must be allowed. */
public final class Impersonation {
    /** With which the names of all these headers begin, in lower case. */
    public static final String PREFIX = "impersonate-";
    private static final String EXTRA = PREFIX + "extra-";
    private static final String ACCOUNT = "system:serviceaccount:";
    private static final String STRANGERS = "system:unauthenticated";
    private static final String GROUP = "authentication.k8s.io";

    private final Authorizer authorizer;

    /** Parts of another user are named, but not who that is. Upstream answers it in plain text. */
    public static final class NobodyNamed extends RuntimeException {
        private NobodyNamed(String requested) {
            super("requested " + requested + " without impersonating a user");
        }
    }

    public Impersonation(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /**
     * Whom a request acts as.
     *
     * @param headers those that begin so, by their names in lower case
     * @throws ApiException FORBIDDEN, about the one who really asks
     * @throws NobodyNamed if there are groups, a uid or extras of nobody
     */
    public Caller as(Caller asker, Map<String, List<String>> headers) {
        if (headers.isEmpty()) {
            return asker;
        }
        String name = String.join(",", headers.getOrDefault(PREFIX + "user", List.of()));
        var groups = headers.getOrDefault(PREFIX + "group", List.of());
        var extra = extra(headers);
        String uid = String.join(",", headers.getOrDefault(PREFIX + "uid", List.of()));
        if (name.isEmpty()) {
            var parts = parts(groups, extra, uid);
            if (parts.isEmpty()) {
                return asker;
            }
            throw new NobodyNamed("[" + String.join(" ", parts) + "]");
        }
        var account = account(name);
        if (account.size() == 2) {
            require(asker, new Attributes("impersonate", "", "serviceaccounts", "", account.getFirst(),
                    account.getLast(), ""));
        } else {
            require(asker, new Attributes("impersonate", "", "users", "", "", name, ""));
        }
        groups.forEach(group -> require(asker, new Attributes("impersonate", "", "groups", "", "", group, "")));
        extra.forEach((key, values) -> values.forEach(value -> require(asker,
                new Attributes("impersonate", GROUP, "userextras", key, "", value, "", "v1"))));
        if (!uid.isEmpty()) {
            require(asker, new Attributes("impersonate", GROUP, "uids", "", "", uid, "", "v1"));
        }
        return new Caller(name, uid, allGroups(name, groups, account), extra);
    }

    /** What is asked for, in the form of upstream's references to objects. */
    private static List<String> parts(List<String> groups, Map<String, List<String>> extra, String uid) {
        var parts = new ArrayList<String>();
        groups.forEach(group -> parts.add(part("Group", group, "", "")));
        extra.forEach((key, values) -> values.forEach(value ->
                parts.add(part("UserExtra", value, GROUP + "/v1", key))));
        if (!uid.isEmpty()) {
            parts.add(part("UID", uid, GROUP + "/v1", ""));
        }
        return parts;
    }

    /** Kind, namespace, name, uid, version, revision, field. */
    private static String part(String kind, String name, String version, String field) {
        return "{" + String.join(" ", kind, "", name, "", version, "", field) + "}";
    }

    private void require(Caller asker, Attributes wanted) {
        var verdict = authorizer.judge(asker, wanted);
        if (verdict.word() != Authorizer.Word.ALLOW) {
            throw Authorizer.refusal(asker, wanted, verdict.reason());
        }
    }

    /** Namespace and name of a service account; empty for another user. */
    private static List<String> account(String name) {
        var parts = name.startsWith(ACCOUNT) ? List.of(name.substring(ACCOUNT.length()).split(":", -1))
                : List.<String>of();
        return parts.size() == 2 && parts.stream().noneMatch(String::isEmpty) ? parts : List.of();
    }

    /** A service account brings its groups unless others are named, and everyone is known or a stranger. */
    private static List<String> allGroups(String name, List<String> named, List<String> account) {
        var groups = new ArrayList<>(named);
        if (named.isEmpty() && account.size() == 2) {
            groups.add("system:serviceaccounts");
            groups.add("system:serviceaccounts:" + account.getFirst());
        }
        if (!groups.contains(Callers.AUTHENTICATED) && !groups.contains(STRANGERS)) {
            groups.add(name.equals(Callers.ANONYMOUS.name()) ? STRANGERS : Callers.AUTHENTICATED);
        }
        return groups;
    }

    private static Map<String, List<String>> extra(Map<String, List<String>> headers) {
        var extra = new HashMap<String, List<String>>();
        headers.forEach((header, values) -> {
            if (header.startsWith(EXTRA)) {
                extra.put(decoded(header.substring(EXTRA.length())), values);
            }
        });
        return extra;
    }

    /** Keys may hold what a header's name may not, escaped as in a path. */
    private static String decoded(String key) {
        try {
            return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return key;
        }
    }
}
