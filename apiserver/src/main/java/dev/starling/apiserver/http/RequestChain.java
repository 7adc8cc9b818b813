package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Access;
import dev.starling.apiserver.access.Authenticator;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.access.FixedRules;
import dev.starling.apiserver.access.Impersonation;
import dev.starling.apiserver.access.Proof;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.function.Consumer;

/** What happens to every request, in reading order: who asks, may he, is there room, and then the answer. */
final class RequestChain implements Consumer<Exchange> {
    private static final System.Logger LOG = System.getLogger(RequestChain.class.getName());

    private final Authenticator authenticator;
    private final Authorizer authorizer;
    private final Impersonation impersonation;
    private final FlowControl flow;
    private final Map<String, Page> pages;
    private final Resources resources;
    private final Metrics metrics;

    /** @param pages by the first segment of the path */
    RequestChain(Access access, FlowControl flow, Map<String, Page> pages, Resources resources, Metrics metrics) {
        this.authenticator = access.authenticator();
        this.authorizer = access.authorizer();
        this.impersonation = new Impersonation(access.authorizer());
        this.flow = flow;
        this.pages = Map.copyOf(pages);
        this.resources = resources;
        this.metrics = metrics;
    }

    @Override
    public void accept(Exchange exchange) {
        try {
            serve(exchange);
        } catch (ApiException refusal) {
            refuse(exchange, refusal);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
            LOG.log(Level.ERROR, "request failed method=" + exchange.method() + " path=" + exchange.path(), bug);
            refuse(exchange, ApiException.internal("the request failed by a fault of the server"));
        }
        metrics.count(exchange.method(), exchange.status());
    }

    private static void refuse(Exchange exchange, ApiException refusal) {
        if (exchange.answered()) {
            exchange.breakOff(refusal);
        } else {
            Answer.refuse(exchange, refusal);
        }
    }

    private void serve(Exchange exchange) {
        var request = ApiRequest.of(exchange);
        var asker = authenticator.authenticate(
                new Proof.Shown(exchange.certificate(), exchange.header("Authorization")));
        var caller = impersonation.as(asker, exchange.headers(Impersonation.PREFIX));
        authorize(request, caller, Callers.anonymous(asker));
        try (var permit = flow.admit(request, caller)) {
            dispatch(exchange, request, caller);
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

    private void dispatch(Exchange exchange, ApiRequest request, Caller caller) {
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
