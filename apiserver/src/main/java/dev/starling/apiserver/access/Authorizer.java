package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import java.util.List;

/** Judges whether a user may. Called for each request and for each review; answers from memory, on any thread. */
@FunctionalInterface
public interface Authorizer {

    /**
     * A judgement.
     *
     * @param reason why, as reviews tell it; may be empty
     */
    record Verdict(Word word, String reason) {
        public static final Verdict ALLOW = new Verdict(Word.ALLOW, "");
        public static final Verdict NO_OPINION = new Verdict(Word.NO_OPINION, "");

        /** No opinion, with the reasons of both. */
        private Verdict and(Verdict other) {
            return reason.isEmpty() || other.reason.isEmpty() ? reason.isEmpty() ? other : this
                    : new Verdict(Word.NO_OPINION, reason + "\n" + other.reason);
        }
    }

    /** DENY ends the matter; without an opinion the next authorizer is asked. */
    enum Word { ALLOW, DENY, NO_OPINION }

    Verdict judge(Caller user, Attributes wanted);

    default boolean allows(Caller user, Attributes wanted) {
        return judge(user, wanted).word() == Word.ALLOW;
    }

    /** Asks one after the other until one has an opinion. */
    static Authorizer inOrder(List<Authorizer> authorizers) {
        var all = List.copyOf(authorizers);
        return (user, wanted) -> {
            var last = Verdict.NO_OPINION;
            for (var authorizer : all) {
                var verdict = authorizer.judge(user, wanted);
                if (verdict.word() != Word.NO_OPINION) {
                    return verdict;
                }
                last = last.and(verdict);
            }
            return last;
        };
    }

    /**
     * The refusal, worded as Kubernetes words it.
     *
     * @param reason why the authorizers refused; may be empty
     */
    static ApiException refusal(Caller user, Attributes wanted, String reason) {
        String who = "User \"" + user.name() + "\" cannot " + wanted.verb();
        String why = reason.isEmpty() ? "" : ": " + reason;
        if (!wanted.forResource()) {
            return new ApiException(ApiException.Reason.FORBIDDEN,
                    "forbidden: " + who + " path \"" + wanted.path() + "\"" + why, JsonObject.EMPTY);
        }
        String where = wanted.namespace().isEmpty() ? " at the cluster scope"
                : " in the namespace \"" + wanted.namespace() + "\"";
        String qualified = wanted.group().isEmpty() ? wanted.resource() : wanted.resource() + "." + wanted.group();
        return ApiException.forbidden(qualified, wanted.name(), who + " resource \"" + wanted.fullResource()
                + "\" in API group \"" + wanted.group() + "\"" + where + why);
    }
}
