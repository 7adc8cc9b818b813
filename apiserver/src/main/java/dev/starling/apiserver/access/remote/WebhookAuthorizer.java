package dev.starling.apiserver.access.remote;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks another server by SubjectAccessReviews, and remembers its answers for a while. It has no opinion while that
 * server cannot be asked. Thread-safe.
 */
public final class WebhookAuthorizer implements Authorizer {
    private static final System.Logger LOG = System.getLogger(WebhookAuthorizer.class.getName());
    private static final String VERSION = "authorization.k8s.io/v1";

    private final ClusterAccess server;
    private final RemoteDocument remote;
    private final WebhookSettings settings;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<Question, Remembered> answers = new LinkedHashMap<>(); // oldest first; guarded by lock

    private record Question(Caller user, Attributes wanted) {
    }

    private record Remembered(Verdict verdict, Instant until) {
    }

    /** @param server by its whole address, as a kubeconfig names it */
    public WebhookAuthorizer(ClusterAccess server, WebhookSettings settings, InstantSource clock) {
        this.server = server;
        this.remote = new RemoteDocument(server, settings.timeout());
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public Verdict judge(Caller user, Attributes wanted) {
        var question = new Question(user, wanted);
        var known = remembered(question);
        if (known.isPresent()) {
            return known.get();
        }
        try {
            var verdict = verdict(remote.post(server.server(), review(question)).object("status"));
            remember(question, verdict);
            return verdict;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the authorization webhook gave no answer server=" + server + " why=" + e);
            return new Verdict(Word.NO_OPINION, "the authorization webhook gave no answer");
        }
    }

    private Optional<Verdict> remembered(Question question) {
        lock.lock();
        try {
            return Optional.ofNullable(answers.get(question)).filter(known -> clock.instant().isBefore(known.until()))
                    .map(Remembered::verdict);
        } finally {
            lock.unlock();
        }
    }

    private void remember(Question question, Verdict verdict) {
        var life = verdict.word() == Word.ALLOW ? settings.allowedFor() : settings.refusedFor();
        lock.lock();
        try {
            answers.remove(question);
            answers.put(question, new Remembered(verdict, clock.instant().plus(life)));
            if (answers.size() > settings.most()) {
                answers.pollFirstEntry();
            }
        } finally {
            lock.unlock();
        }
    }

    private static Verdict verdict(JsonObject status) {
        String reason = status.text("reason");
        if (status.flag("allowed") && status.flag("denied")) {
            return new Verdict(Word.DENY, "webhook subject access review returned both allow and deny response");
        }
        return new Verdict(status.flag("denied") ? Word.DENY : status.flag("allowed") ? Word.ALLOW : Word.NO_OPINION,
                reason);
    }

    private static JsonObject review(Question question) {
        var user = question.user();
        var spec = JsonObject.builder().putText("user", user.name()).putText("uid", user.uid())
                .put("groups", user.groups());
        if (!user.extra().isEmpty()) {
            spec.put("extra", Json.of(user.extra()));
        }
        var wanted = question.wanted();
        if (wanted.forResource()) {
            spec.put("resourceAttributes", JsonObject.builder().putText("namespace", wanted.namespace())
                    .putText("verb", wanted.verb()).putText("group", wanted.group())
                    .putText("version", wanted.version()).putText("resource", wanted.resource())
                    .putText("subresource", wanted.subresource()).putText("name", wanted.name()).build());
        } else {
            spec.put("nonResourceAttributes", JsonObject.of("path", wanted.path(), "verb", wanted.verb()));
        }
        return JsonObject.of("kind", "SubjectAccessReview", "apiVersion", VERSION, "metadata", JsonObject.EMPTY,
                "spec", spec.build(), "status", JsonObject.of("allowed", false));
    }
}
