package dev.starling.apiserver.access.csr;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.SigningRequest;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.informer.Informer;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Approves requests of nodes for the certificates by which they speak to this server, if whoever asks may: for himself
 * with {@code certificatesigningrequests/selfnodeclient}, for another with {@code nodeclient}. All others wait for
 * somebody to judge them. A passive loop over an image of all requests, whatever woke it.
 */
public final class NodeClientApprover implements Loop {
    private static final System.Logger LOG = System.getLogger(NodeClientApprover.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** Roles may be given after the request. */
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final String SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";
    private static final Set<Set<String>> USAGES = Set.of(Set.of("digital signature", "client auth"),
            Set.of("digital signature", "client auth", "key encipherment"));

    private final KubeApi api;
    private final Authorizer authorizer;
    private final Informer requests;
    private final Set<String> refused = new HashSet<>(); // uids of which the log was told; of the loop's thread
    private Duration retry = RETRY; // of the loop's thread

    NodeClientApprover(KubeApi api, Authorizer authorizer, Informer requests) {
        this.api = api;
        this.authorizer = authorizer;
        this.requests = requests;
    }

    /** Runs it on a driver until the answer is closed. */
    public static AutoCloseable start(KubeApi api, Authorizer authorizer, Driver driver) {
        var requests = new Informer(api, Kinds.CERTIFICATE_SIGNING_REQUESTS);
        var running = driver.start(new NodeClientApprover(api, authorizer, requests));
        requests.onChange((before, after) -> running.wake());
        requests.onProgress(running::wake);
        var image = requests.start(driver);
        return () -> {
            image.close();
            running.close();
        };
    }

    @Override
    public String name() {
        return "csr-approver";
    }

    @Override
    public Next step(Instant now) {
        if (!requests.synced()) {
            return Next.WHEN_WOKEN;
        }
        refused.retainAll(requests.all().stream().map(KubeObject::uid).toList());
        boolean all = true;
        boolean waiting = false;
        for (var request : List.copyOf(requests.all())) {
            var right = waits(request) ? right(request) : Optional.<Right>empty();
            waiting |= right.isPresent();
            if (right.isPresent() && may(request, right.get())) {
                all &= approved(request, right.get());
            }
        }
        var after = retry;
        retry = all ? RETRY : retry.multipliedBy(2).compareTo(LOOK) < 0 ? retry.multipliedBy(2) : LOOK;
        return !all ? Next.at(now.plus(after)) : waiting ? Next.at(now.plus(LOOK)) : Next.WHEN_WOKEN;
    }

    private static boolean waits(KubeObject request) {
        return request.spec().text("signerName").equals(SIGNER) && request.status().text("certificate").isEmpty()
                && Conditions.of(request).stream().noneMatch(Conditions::judges);
    }

    /** What whoever asks must be allowed. */
    private record Right(String subresource, String message) {
    }

    /** Nothing for a request that is not a node's. */
    private static Optional<Right> right(KubeObject request) {
        try {
            var asked = SigningRequest.parse(Base64.getMimeDecoder().decode(request.spec().text("request")));
            var usages = Set.copyOf(request.spec().array("usages").texts());
            if (!USAGES.contains(usages) || Signer.NODE_CLIENT.namesFault(asked).isPresent()) {
                return Optional.empty();
            }
            return Optional.of(request.spec().text("username").equals(asked.commonName())
                    ? new Right("selfnodeclient",
                            "Auto approving self kubelet client certificate after SubjectAccessReview.")
                    : new Right("nodeclient", "Auto approving kubelet client certificate after SubjectAccessReview."));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean may(KubeObject request, Right right) {
        var spec = request.spec();
        Map<String, List<String>> extra = new HashMap<>();
        spec.object("extra").forEach((key, values) -> extra.put(key, values.array().texts()));
        var caller = new Caller(spec.text("username"), spec.text("uid"), spec.array("groups").texts(), extra);
        return authorizer.allows(caller, new Attributes("create", Kinds.CERTIFICATE_SIGNING_REQUESTS.group(),
                Kinds.CERTIFICATE_SIGNING_REQUESTS.plural(), right.subresource(), "", "", "", "*"));
    }

    /** A conflict means that a change is on its way here, which wakes the loop again. */
    private boolean approved(KubeObject request, Right right) {
        var condition = JsonObject.of("type", Conditions.APPROVED, "status", "True", "reason", "AutoApproved",
                "message", right.message());
        try {
            api.update(request.key(Kinds.CERTIFICATE_SIGNING_REQUESTS).sub("approval"),
                    Conditions.plus(request, condition), WriteOptions.DEFAULT);
            return true;
        } catch (ApiException e) {
            if (e.is(Reason.CONFLICT) || e.is(Reason.NOT_FOUND)) {
                return true;
            }
            LOG.log(refused.add(request.uid()) ? Level.WARNING : Level.DEBUG,
                    "a request of a node could not be approved, and is tried again request=" + request.name()
                            + " reason=" + e.getMessage());
            return false;
        }
    }
}
