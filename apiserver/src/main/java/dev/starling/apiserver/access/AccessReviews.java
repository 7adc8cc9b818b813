package dev.starling.apiserver.access;

import dev.starling.apiserver.access.Reviews.Question;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.stream.Stream;

/** What somebody may: {@code kubectl auth can-i}, and servers that ask before they serve. */
final class AccessReviews {
    private static final String RESOURCE = "resourceAttributes";
    private static final String PATH = "nonResourceAttributes";

    private AccessReviews() {
    }

    static Stream<Question> of(Access access) {
        var judge = access.authorizer();
        return Stream.of(
                new May(named("selfsubjectaccessreviews", "SelfSubjectAccessReview", false), judge, true),
                new May(named("subjectaccessreviews", "SubjectAccessReview", false), judge, false),
                new May(named("localsubjectaccessreviews", "LocalSubjectAccessReview", true), judge, false),
                new Rules(access.rules()));
    }

    private static ResourceType named(String plural, String kind, boolean namespaced) {
        return new ResourceType("authorization.k8s.io", "v1", plural, kind, namespaced);
    }

    /** @param self whether the asker asks about himself */
    private record May(ResourceType type, Authorizer authorizer, boolean self) implements Question {

        @Override
        public JsonObject status(Caller asker, String namespace, JsonObject spec) {
            check(type, spec, self, namespace);
            var who = self ? asker : new Caller(spec.text("user"), spec.text("uid"), spec.array("groups").texts(),
                    Reviews.extra(spec.object("extra")));
            var verdict = authorizer.judge(who, wanted(spec));
            var status = JsonObject.builder().put("allowed", verdict.word() == Authorizer.Word.ALLOW);
            if (verdict.word() == Authorizer.Word.DENY) {
                status.put("denied", true);
            }
            return status.putText("reason", verdict.reason()).build();
        }
    }

    private static Attributes wanted(JsonObject spec) {
        var path = spec.object(PATH);
        var wanted = spec.object(RESOURCE);
        return spec.has(RESOURCE) ? new Attributes(wanted.text("verb"), wanted.text("group"), wanted.text("resource"),
                wanted.text("subresource"), wanted.text("namespace"), wanted.text("name"), "", wanted.text("version"))
                : new Attributes(path.text("verb"), "", "", "", "", "", path.text("path"));
    }

    private static void check(ResourceType type, JsonObject spec, boolean self, String namespace) {
        if (type.namespaced() && !spec.object(RESOURCE).text("namespace").equals(namespace)) {
            throw ApiException.badRequest("spec.resourceAttributes.namespace must match namespace: " + namespace);
        }
        if (spec.has(RESOURCE) && spec.has(PATH)) {
            throw invalid(type, PATH, spec.at(PATH), "cannot be specified in combination with resourceAttributes");
        }
        if (!spec.has(RESOURCE) && !spec.has(PATH)) {
            throw invalid(type, RESOURCE, "null",
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        if (type.namespaced() && spec.has(PATH)) {
            throw invalid(type, PATH, spec.at(PATH), "disallowed on this kind of request");
        }
        if (!self && spec.text("user").isEmpty() && spec.array("groups").isEmpty()) {
            throw invalid(type, "user", "\"\"", "at least one of user or group must be specified");
        }
    }

    private static ApiException invalid(ResourceType type, String field, Json value, String why) {
        return invalid(type, field, value.toString(), why);
    }

    private static ApiException invalid(ResourceType type, String field, String value, String why) {
        return Reviews.invalid(type, new Cause("FieldValueInvalid", "Invalid value: " + value + ": " + why,
                "spec." + field));
    }

    /** What one may in a namespace, as a list. Other authorizers than roles can't tell, and are told of. */
    private record Rules(RuleResolver rules) implements Question {

        @Override
        public ResourceType type() {
            return named("selfsubjectrulesreviews", "SelfSubjectRulesReview", false);
        }

        @Override
        public JsonObject status(Caller asker, String namespace, JsonObject spec) {
            if (spec.text("namespace").isEmpty()) {
                throw ApiException.badRequest("no namespace on request");
            }
            var found = rules.resolve(asker, spec.text("namespace"));
            var paths = found.rules().stream().filter(rule -> rule.has("nonResourceURLs")).toList();
            var resources = found.rules().stream().filter(rule -> !rule.has("nonResourceURLs")).toList();
            return status(resources, paths, found.problems());
        }

        private static JsonObject status(List<JsonObject> resources, List<JsonObject> paths, List<String> problems) {
            return JsonObject.builder().put("resourceRules", JsonArray.of(resources))
                    .put("nonResourceRules", JsonArray.of(paths)).put("incomplete", !problems.isEmpty())
                    .putText("evaluationError", String.join(", ", problems)).build();
        }
    }
}
