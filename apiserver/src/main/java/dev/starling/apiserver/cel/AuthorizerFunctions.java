package dev.starling.apiserver.cel;

import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.starling.apiserver.cel.Ask.Resource;
import dev.starling.apiserver.cel.Authorizing.Answer;
import dev.starling.apiserver.cel.Functions.Form;

/** {@code authorizer.group("apps").resource("deployments").check("get").allowed()} and its kin. */
final class AuthorizerFunctions {
    private static final OpaqueType AUTHORIZER = CelTypes.AUTHORIZER;
    private static final OpaqueType RESOURCE = CelTypes.RESOURCE_CHECK;
    private static final OpaqueType PATH = OpaqueType.create("kubernetes.authorization.PathCheck");
    private static final OpaqueType GROUP = OpaqueType.create("kubernetes.authorization.GroupCheck");
    private static final OpaqueType DECISION = OpaqueType.create("kubernetes.authorization.Decision");

    private AuthorizerFunctions() {
    }

    /** An authorizer that answers for a service account. */
    private record For(Authorizing authorizing, String user) implements Authorizing {
        @Override
        public Answer decide(Ask ask) {
            return authorizing.decide(new Ask(authorizing, user, ask.path(), ask.resource(), ask.verb()));
        }
    }

    static void addTo(Functions functions) {
        var text = SimpleType.STRING;
        functions.values(AUTHORIZER, Authorizing.class).values(RESOURCE, Ask.class).values(PATH, Ask.class)
                .values(GROUP, Ask.class).values(DECISION, Answer.class)
                .member("path", new Form("authorizer_path", PATH, AUTHORIZER, text), a -> new Ask((Authorizing) a[0],
                        "", (String) a[1], Resource.NONE, ""))
                .member("group", new Form("authorizer_group", GROUP, AUTHORIZER, text), a -> Ask.about(
                        (Authorizing) a[0], new Resource((String) a[1], "", "", "", "")))
                .member("serviceAccount", new Form("authorizer_serviceaccount", AUTHORIZER, AUTHORIZER, text, text),
                        a -> new For((Authorizing) a[0], a[1] + ":" + a[2]))
                .member("check", new Form("pathcheck_check", DECISION, PATH, text), a -> checked(a))
                .member("resource", new Form("groupcheck_resource", RESOURCE, GROUP, text), a -> {
                    var ask = (Ask) a[0];
                    return ask.with(new Resource(ask.resource().group(), (String) a[1], "", "", ""));
                });
        resources(functions);
        functions.member("allowed", new Form("decision_allowed", SimpleType.BOOL, DECISION),
                        a -> ((Answer) a[0]).allowed())
                .member("reason", new Form("decision_reason", text, DECISION), a -> ((Answer) a[0]).reason())
                .member("errored", new Form("decision_errored", SimpleType.BOOL, DECISION),
                        a -> !((Answer) a[0]).error().isEmpty())
                .member("error", new Form("decision_error", text, DECISION), a -> ((Answer) a[0]).error());
    }

    private static void resources(Functions functions) {
        var text = SimpleType.STRING;
        functions.member("subresource", new Form("resourcecheck_subresource", RESOURCE, RESOURCE, text), a -> {
                    var at = ((Ask) a[0]).resource();
                    return ((Ask) a[0]).with(new Resource(at.group(), at.resource(), (String) a[1], at.namespace(),
                            at.name()));
                })
                .member("namespace", new Form("resourcecheck_namespace", RESOURCE, RESOURCE, text), a -> {
                    var at = ((Ask) a[0]).resource();
                    return ((Ask) a[0]).with(new Resource(at.group(), at.resource(), at.subresource(), (String) a[1],
                            at.name()));
                })
                .member("name", new Form("resourcecheck_name", RESOURCE, RESOURCE, text), a -> {
                    var at = ((Ask) a[0]).resource();
                    return ((Ask) a[0]).with(new Resource(at.group(), at.resource(), at.subresource(),
                            at.namespace(), (String) a[1]));
                })
                .member("check", new Form("resourcecheck_check", DECISION, RESOURCE, text), a -> checked(a));
    }

    private static Answer checked(Object[] arguments) {
        var ask = ((Ask) arguments[0]).withVerb((String) arguments[1]);
        return ask.authorizing().decide(ask);
    }
}
