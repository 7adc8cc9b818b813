package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.protobuf.ProtobufAnswers;
import dev.starling.apiserver.protobuf.ProtobufObjects;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ComputedResource;
import dev.starling.apiserver.registry.Deleted;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.Request;
import dev.starling.apiserver.registry.Resource;
import dev.starling.apiserver.registry.Review;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.registry.Warnings;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Serves the verbs of resources: reads what HTTP carries, asks the registry, writes its answer. */
final class Resources {
    private static final Duration SHORTEST_WATCH = Duration.ofMinutes(30);

    private final Registry registry;
    private final Authorizer authorizer;
    private final PodPages pods;
    private final Stopping stopping;
    private final ProtobufObjects protobuf;
    private final ProtobufAnswers answers;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Map<String, Upload> uploads;
    private final Frames frames = new Frames();
    private final Deliveries deliveries = new Deliveries();
    private final UnsentBytes unsent;

    /**
     * What resources are served with.
     *
     * @param protobuf reads the bodies of typed clients
     * @param answers writes to them
     * @param unsent bounds what is on its way to watchers
     */
    record Parts(Registry registry, Authorizer authorizer, PodPages pods, Map<String, Upload> uploads,
            ProtobufObjects protobuf, ProtobufAnswers answers, UnsentBytes unsent, InstantSource clock,
            RandomGenerator random) {
        Parts {
            uploads = Map.copyOf(uploads);
        }
    }

    Resources(Parts parts, Stopping stopping) {
        this.registry = parts.registry();
        this.authorizer = parts.authorizer();
        this.pods = parts.pods();
        this.stopping = stopping;
        this.protobuf = parts.protobuf();
        this.answers = parts.answers();
        this.clock = parts.clock();
        this.random = parts.random();
        this.unsent = parts.unsent();
        this.uploads = parts.uploads();
    }

    /** One request and what it is about. */
    private record Call(Exchange exchange, ApiRequest request, ApiPath path, ServedResource served, Caller caller,
            KindRules rules) {

        ResourceType type() {
            return served.type();
        }

        /** The namespace of the objects that are asked for; empty for all and for cluster-scoped types. */
        String namespace() {
            return type().namespaced() ? path.namespace() : "";
        }

        ObjectKey key() {
            return new ObjectKey(type(), namespace(), path.name(), path.subresource());
        }

        Request by(Warnings warnings, List<String> duplicates) {
            return by(warnings, duplicates, () -> { });
        }

        Request by(Warnings warnings, List<String> duplicates, Runnable mayCreate) {
            return new Request(caller, warnings, duplicates, mayCreate, exchange.notes());
        }

        WriteOptions writeOptions() {
            return Options.write(request.query(), exchange.header("User-Agent"));
        }
    }

    void serve(Exchange exchange, ApiRequest request, ApiPath path, Caller caller) {
        var served = registry.catalog().served(path.group(), path.version(), path.resource());
        if (served.isEmpty()) {
            unknown(exchange, request, path);
            return;
        }
        var resource = registry.catalog().find(served.get().type());
        var rules = resource.map(Resources::rules).orElse(KindRules.PLAIN);
        var call = new Call(exchange, request, path, served.get(), caller, rules);
        require(call);
        resource.map(Resources::deprecation).filter(text -> !text.isEmpty())
                .ifPresent(text -> warn(call, Warnings.of(text)));
        if (pods.serves(path)) {
            pods.serve(call.by(new Warnings(), List.of()), exchange, request, call.key());
            return;
        }
        switch (request.verb()) {
            case "get" -> get(call);
            case "list" -> list(call);
            case "watch" -> watch(call);
            case "create" -> create(call);
            case "update" -> update(call);
            case "patch" -> patch(call);
            case "delete" -> delete(call);
            case "deletecollection" -> deleteCollection(call);
            default -> throw notAllowed();
        }
    }

    private static KindRules rules(Resource resource) {
        return resource instanceof Kind kind ? kind.rules() : KindRules.PLAIN;
    }

    private static String deprecation(Resource resource) {
        return resource instanceof ComputedResource computed ? computed.deprecation() : rules(resource).deprecation();
    }

    /** A version that is served answers by a {@code Status}; any other path is simply not there. */
    private void unknown(Exchange exchange, ApiRequest request, ApiPath path) {
        var upload = Optional.ofNullable(uploads.get(path.group() + "/" + path.version() + "/" + path.resource()));
        if (upload.isPresent()) {
            upload(exchange, request, upload.get());
            return;
        }
        boolean versionServed = registry.catalog().served().stream().anyMatch(served ->
                served.type().group().equals(path.group()) && served.type().version().equals(path.version()));
        if (versionServed) {
            throw notFound();
        }
        Answer.text(exchange, 404, "404 page not found\n");
    }

    private static void upload(Exchange exchange, ApiRequest request, Upload upload) {
        if (!request.verb().equals("create")) {
            throw notAllowed();
        }
        try (var file = exchange.stream()) {
            Document.to(exchange, request).document(201, upload.take(file));
        } catch (IOException e) {
            throw ApiException.badRequest("the file was not sent to its end: " + e.getMessage());
        }
    }

    private static ApiException notFound() {
        return new ApiException(ApiException.Reason.NOT_FOUND, "the server could not find the requested resource");
    }

    private static ApiException notAllowed() {
        return new ApiException(ApiException.Reason.METHOD_NOT_ALLOWED,
                "the server does not allow this method on the requested resource");
    }

    /** The resource offers the verb, and the path fits its scope. */
    private static void require(Call call) {
        var path = call.path();
        boolean whole = path.subresource().isEmpty();
        var verbs = whole ? call.served().verbs() : call.served().subresources().stream()
                .filter(sub -> sub.name().equals(path.subresource())).findFirst()
                .map(ServedResource.Sub::verbs).orElseThrow(Resources::notFound);
        boolean strays = !call.type().namespaced() && !path.namespace().isEmpty()
                && !(path.resource().equals("namespaces") && path.namespace().equals(path.name()));
        if (strays) {
            throw notFound();
        }
        if (!verbs.contains(call.request().verb())) {
            throw notAllowed();
        }
        boolean one = !path.name().isEmpty() || call.request().verb().equals("create");
        if (one && call.type().namespaced() && path.namespace().isEmpty()) {
            throw path.name().isEmpty() ? notAllowed() : notFound();
        }
        if (call.request().verb().equals("create") && whole && !path.name().isEmpty()) {
            throw notAllowed();
        }
    }

    private void get(Call call) {
        var answer = answer(call);
        registry.requireRevision(call.request().query().text("resourceVersion"));
        answer.object(200, registry.get(call.key()), clock.instant());
    }

    private Answer answer(Call call) {
        boolean asked = registry.catalog().find(call.type()).filter(Review.class::isInstance).isPresent();
        var answer = Answer.to(call.exchange(), call.request(), call.type(), answers, !asked);
        String sub = call.path().subresource();
        boolean whole = sub.isEmpty() || sub.equals("status") || call.rules().part(sub).isPresent();
        return whole ? answer.of(call.rules()) : answer.ofPart(bodyKind(call));
    }

    private void list(Call call) {
        var answer = answer(call);
        var found = registry.list(Options.list(call.type(), call.namespace(), call.request().query()));
        call.exchange().lists(found.items().size());
        answer.list(found, clock.instant());
    }

    private void watch(Call call) {
        if (call.exchange().method().equals("HEAD")) {
            throw notAllowed();
        }
        var query = call.request().query();
        var answer = answer(call);
        var wanted = Options.watch(call.type(), call.namespace(), query);
        var most = query.number("timeoutSeconds").stream().mapToObj(Duration::ofSeconds)
                .filter(Duration::isPositive).findFirst()
                .orElseGet(() -> SHORTEST_WATCH.plusSeconds(random.nextInt((int) SHORTEST_WATCH.toSeconds())));
        var source = new WatchStream.Source(frames, unsent, callsOut(call) ? deliveries::apart : deliveries::soon,
                clock);
        new WatchStream(registry.watch(wanted), answer, source).serve(call.exchange(), most, stopping);
    }

    /** Whether objects of the kind are converted by a server elsewhere, which takes its time. */
    private boolean callsOut(Call call) {
        return registry.catalog().find(call.type()).filter(resource -> resource instanceof Kind kind
                && kind.storage().conversion().callsOut()).isPresent();
    }

    private void create(Call call) {
        var answer = answer(call);
        var body = Body.object(call.exchange(), bodyKind(call), protobuf);
        var warnings = new Warnings();
        var created = registry.create(call.by(warnings, body.duplicateFields()), call.key(),
                KubeObject.of(body.tree()), call.writeOptions());
        warn(call, warnings);
        answer.object(created.kind().equals("Status") ? (int) created.tree().at("code").number(201) : 201,
                created, clock.instant());
    }

    private static String bodyKind(Call call) {
        return call.served().subresources().stream().filter(sub -> sub.name().equals(call.path().subresource()))
                .map(ServedResource.Sub::kind).findFirst().orElse(call.type().kind());
    }

    private void update(Call call) {
        var answer = answer(call);
        var body = Body.object(call.exchange(), bodyKind(call), protobuf);
        var warnings = new Warnings();
        var request = call.by(warnings, body.duplicateFields(), () -> requireCreation(call));
        var written = registry.update(request, call.key(), KubeObject.of(body.tree()), call.writeOptions());
        warn(call, warnings);
        answer.object(written.created() ? 201 : 200, written.object(), clock.instant());
    }

    /** Who may change an object may not thereby make one. */
    private void requireCreation(Call call) {
        var wanted = new Attributes("create", call.path().group(), call.path().resource(), "", call.path().namespace(),
                call.path().name(), call.exchange().path(), call.path().version());
        var verdict = authorizer.judge(call.caller(), wanted);
        if (verdict.word() != Authorizer.Word.ALLOW) {
            throw Authorizer.refusal(call.caller(), wanted, verdict.reason());
        }
    }

    private void patch(Call call) {
        var answer = answer(call);
        var patch = Body.patch(call.exchange(), call.request().query());
        var warnings = new Warnings();
        var written = registry.patch(call.by(warnings, List.of(), () -> requireCreation(call)), call.key(), patch,
                call.writeOptions());
        warn(call, warnings);
        answer.object(written.created() ? 201 : 200, written.object(), clock.instant());
    }

    private void delete(Call call) {
        var answer = answer(call);
        var options = Options.delete(call.request().query(), Body.deleteOptions(call.exchange(), protobuf));
        var warnings = new Warnings();
        var deleted = registry.delete(call.by(warnings, List.of()), call.key(), options);
        warn(call, warnings);
        if (deleted.gone() && !call.served().returnsDeleted()) {
            answer.document(200, success(call, deleted));
        } else {
            boolean foreground = options.propagation().equals(Optional.of(DeleteOptions.Propagation.FOREGROUND));
            answer.object(foreground && !deleted.gone() ? 202 : 200, deleted.object(), clock.instant());
        }
    }

    private static JsonObject success(Call call, Deleted deleted) {
        var details = JsonObject.builder().put("name", call.path().name()).putText("group", call.type().group())
                .put("kind", call.type().plural()).putText("uid", deleted.object().uid()).build();
        return JsonObject.of("kind", "Status", "apiVersion", "v1", "metadata", JsonObject.EMPTY,
                "status", "Success", "details", details);
    }

    private void deleteCollection(Call call) {
        var answer = answer(call);
        var query = call.request().query();
        var options = Options.delete(query, Body.deleteOptions(call.exchange(), protobuf));
        var warnings = new Warnings();
        var deleted = registry.deleteCollection(call.by(warnings, List.of()),
                Options.list(call.type(), call.namespace(), query), options);
        warn(call, warnings);
        answer.list(deleted, clock.instant());
    }

    private static void warn(Call call, Warnings warnings) {
        for (String text : warnings.shown()) {
            String quoted = text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[\\r\\n]+", " ");
            call.exchange().add("Warning", String.format(Locale.ROOT, "299 - \"%s\"", quoted));
        }
    }
}
