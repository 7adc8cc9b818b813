package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Access;
import dev.starling.apiserver.access.Authenticator;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.access.FixedRules;
import dev.starling.apiserver.access.Impersonation;
import dev.starling.apiserver.access.Proof;
import dev.starling.apiserver.aggregation.Delegate;
import dev.starling.apiserver.protobuf.ProtobufObjects;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Catalog;
import dev.starling.apiserver.webhook.Trace;
import dev.starling.apiserver.webhook.Waiting;
import dev.starling.kube.api.ApiException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What happens to every request, in reading order: who asks, may he, is there room, and then the answer. */
final class RequestChain implements Consumer<Exchange> {
    private static final System.Logger LOG = System.getLogger(RequestChain.class.getName());

    private static final Duration SLOW = Duration.ofSeconds(1);

    private final Authenticator authenticator;
    private final Authorizer authorizer;
    private final Impersonation impersonation;
    private final FlowControl flow;
    private final Map<String, Page> pages;
    private final Resources resources;
    private final Metrics metrics;
    private final Parts parts;
    private final Operations.Audit audit;
    private final ProtobufObjects protobuf;

    /** What a chain is made of. */
    record Parts(Access access, FlowControl flow, Resources resources, Metrics metrics, Operations.Audit audit,
            ProtobufObjects protobuf, DelegatePages delegates, Catalog catalog) {
    }

    /** @param pages by the first segment of the path */
    RequestChain(Parts parts, Map<String, Page> pages) {
        this.parts = parts;
        var access = parts.access();
        this.authenticator = access.authenticator();
        this.authorizer = access.authorizer();
        this.impersonation = new Impersonation(access.authorizer());
        this.flow = parts.flow();
        this.pages = Map.copyOf(pages);
        this.resources = parts.resources();
        this.metrics = parts.metrics();
        this.audit = parts.audit();
        this.protobuf = parts.protobuf();
    }

    @Override
    public void accept(Exchange exchange) {
        String trace = exchange.header(Trace.HEADER);
        if (Trace.valid(trace)) {
            ScopedValue.where(Trace.PARENT, trace).run(() -> answer(exchange));
        } else {
            answer(exchange);
        }
    }

    private void answer(Exchange exchange) {
        var trail = new Trail(audit, protobuf);
        exchange.followedBy(trail);
        try {
            Waiting.during(() -> serve(exchange, trail), exchange::over);
        } catch (ApiException refusal) {
            refuse(exchange, refusal);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
            LOG.log(Level.ERROR, "request failed method=" + exchange.method() + " path=" + exchange.path(), bug);
            refuse(exchange, ApiException.internal("the request failed by a fault of the server"));
            trail.panicked();
        }
        trail.complete(exchange.status(), exchange.notes());
        metrics.count(exchange.method(), exchange.status());
    }

    private void told(Exchange exchange, ApiRequest request) {
        if (request.lasting()) {
            return;
        }
        var age = exchange.age();
        metrics.took(request, age);
        if (age.compareTo(SLOW) > 0) {
            LOG.log(Level.INFO, "slow request method=" + exchange.method() + " path=" + exchange.path() + " code="
                    + exchange.status() + " ms=" + age.toMillis() + Trace.current()
                    .map(parent -> " trace=" + Trace.id(parent)).orElse(""));
        }
    }

    private static void refuse(Exchange exchange, ApiException refusal) {
        if (exchange.answered()) {
            exchange.breakOff(refusal);
        } else {
            Answer.refuse(exchange, refusal);
        }
    }

    private void serve(Exchange exchange, Trail trail) {
        var request = ApiRequest.of(exchange);
        var asker = asker(exchange, request, trail);
        trail.begin(exchange, request, asker);
        Caller caller;
        try {
            caller = impersonation.as(asker, exchange.headers(Impersonation.PREFIX));
        } catch (Impersonation.NobodyNamed e) {
            Answer.internalError(exchange, e.getMessage());
            return;
        }
        trail.actsAs(caller);
        authorize(request, caller, Callers.anonymous(asker));
        var delegate = delegate(request);
        var asked = delegate.isPresent() && exchange.asksToLeave() ? request.asTunnel() : request;
        try {
            var permit = flow.admit(asked, caller);
            exchange.whenDone(permit::close);
            permit.headers().forEach(exchange::add);
            if (delegate.isEmpty() || DelegatePages.lasts(asked)) {
                exchange.whenStreaming(permit::started); // others keep their seats until they are answered
            }
            if (permit.exempt()) {
                exchange.exempted();
            }
            dispatch(exchange, asked, caller, delegate);
            flow.listed(asked, exchange.listed());
        } finally {
            exchange.done();
            told(exchange, asked);
        }
    }

    private Caller asker(Exchange exchange, ApiRequest request, Trail trail) {
        var shown = new Proof.Shown(exchange.certificate(), exchange.header("Authorization"),
                exchange.headers("x-remote-"));
        try {
            return authenticator.authenticate(shown);
        } catch (ApiException refusal) {
            trail.refused(exchange, request, shown, refusal.code());
            throw refusal;
        }
    }

    private void authorize(ApiRequest request, Caller caller, boolean anonymous) {
        var wanted = request.attributes();
        if (anonymous && !FixedRules.open(wanted)) {
            throw Authenticator.unauthorized();
        }
        var verdict = authorizer.judge(caller, wanted);
        if (verdict.word() != Authorizer.Word.ALLOW) {
            throw Authorizer.refusal(caller, wanted, verdict.reason());
        }
    }

    /** Who answers a version in this server's place. What this server serves itself it answers itself. */
    private Optional<Delegate> delegate(ApiRequest request) {
        var segments = request.segments();
        if (segments.size() < 3 || !segments.getFirst().equals("apis")
                || parts.catalog().serves(segments.get(1), segments.get(2))) {
            return Optional.empty();
        }
        return parts.delegates().find(segments.get(1), segments.get(2));
    }

    private void dispatch(Exchange exchange, ApiRequest request, Caller caller, Optional<Delegate> delegate) {
        if (delegate.isPresent()) {
            parts.delegates().serve(exchange, request, caller, delegate.get());
            return;
        }
        if (request.resource().isPresent()) {
            resources.serve(exchange, request, request.resource().get(), caller);
            return;
        }
        var page = pages.get(request.segments().isEmpty() ? "" : request.segments().getFirst());
        if (page == null) {
            Answer.text(exchange, 404, "404 page not found\n");
        } else if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            throw new ApiException(ApiException.Reason.METHOD_NOT_ALLOWED,
                    "the server does not allow this method on the requested resource");
        } else {
            page.serve(exchange, request);
        }
    }
}
