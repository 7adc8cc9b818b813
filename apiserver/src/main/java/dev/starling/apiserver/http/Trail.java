package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Proof;
import dev.starling.apiserver.audit.AuditPolicy.Decision;
import dev.starling.apiserver.audit.AuditPolicy.Level;
import dev.starling.apiserver.audit.AuditPolicy.Stage;
import dev.starling.apiserver.cbor.CborException;
import dev.starling.apiserver.cbor.CborReader;
import dev.starling.apiserver.protobuf.ProtobufException;
import dev.starling.apiserver.protobuf.ProtobufObjects;
import dev.starling.apiserver.registry.AuditNotes;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.webhook.Trace;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Times;
import dev.starling.kube.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/** What the audit log will tell of one request. Owned by the request's thread; it does nothing until it begins. */
final class Trail {
    private static final Caller NOBODY = new Caller("", "", List.of(), Map.of());

    private final Operations.Audit audit;
    private final ProtobufObjects protobuf;
    private Decision decision = Decision.NOTHING;
    private JsonObject event = JsonObject.EMPTY;
    private Instant received = Instant.EPOCH;
    private Caller asker = NOBODY;
    private boolean over;

    Trail(Operations.Audit audit, ProtobufObjects protobuf) {
        this.audit = audit;
        this.protobuf = protobuf;
    }

    /** The request is known, and who asks. */
    void begin(Exchange exchange, ApiRequest request, Caller asker) {
        if (open(exchange, request, asker)) {
            this.asker = asker;
            tell(Stage.REQUEST_RECEIVED);
        }
    }

    /** As whom the asker may act: known only now, so that a refusal is told, too. */
    void actsAs(Caller caller) {
        if (!event.isEmpty() && !caller.equals(asker)) {
            event = event.with("impersonatedUser", user(caller));
        }
    }

    /** Nobody knows who asks; upstream tells of the refusal alone. */
    void refused(Exchange exchange, ApiRequest request, Proof.Shown shown, int code) {
        if (open(exchange, request, NOBODY)) {
            var tried = new ArrayList<String>();
            if (!shown.bearer().isEmpty()) {
                tried.add("bearer");
            }
            shown.certificate().ifPresent(certificate -> tried.add("x509"));
            event = event.with("responseStatus", JsonObject.of("metadata", JsonObject.EMPTY, "code", code, "message",
                    tried.isEmpty() ? "Authentication failed, no credentials provided"
                            : "Authentication failed, attempted: " + String.join(", ", tried)));
            tell(Stage.RESPONSE_STARTED);
            event = JsonObject.EMPTY;
        }
    }

    private boolean open(Exchange exchange, ApiRequest request, Caller asker) {
        if (!audit.policy().used()) {
            return false;
        }
        decision = audit.policy().decide(request.attributes(), asker);
        if (decision.level() == Level.NONE) {
            return false;
        }
        received = audit.clock().instant();
        String id = exchange.header("Audit-ID").isEmpty() ? fresh() : exchange.header("Audit-ID");
        exchange.add("Audit-Id", id);
        var built = JsonObject.builder().put("kind", "Event").put("apiVersion", "audit.k8s.io/v1")
                .put("level", decision.level().toString()).put("auditID", id).put("stage", "")
                .put("requestURI", exchange.path() + (exchange.query().isEmpty() ? "" : "?" + exchange.query()))
                .put("verb", request.verb()).put("user", (Json) user(asker));
        built.put("sourceIPs", (Json) JsonArray.of(exchange.remoteAddress()))
                .putText("userAgent", exchange.header("User-Agent"));
        request.resource().ifPresent(path -> built.put("objectRef", (Json) reference(path)));
        String trace = exchange.header(Trace.HEADER);
        if (Trace.valid(trace)) {
            built.put("annotations", (Json) JsonObject.of("starling.dev/trace-id", Trace.id(trace)));
        }
        event = built.put("requestReceivedTimestamp", Times.micros(received)).build();
        return true;
    }

    private String fresh() {
        String hex = String.format("%016x%016x", audit.random().nextLong(), audit.random().nextLong());
        return hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-4" + hex.substring(13, 16) + "-a"
                + hex.substring(17, 20) + "-" + hex.substring(20);
    }

    private static JsonObject user(Caller caller) {
        return JsonObject.builder().putText("username", caller.name()).putText("uid", caller.uid())
                .put("groups", (Json) JsonArray.strings(caller.groups())).build();
    }

    private static JsonObject reference(ApiPath path) {
        return JsonObject.builder().put("resource", path.resource()).putText("namespace", path.namespace())
                .putText("name", path.name()).putText("apiGroup", path.group()).put("apiVersion", path.version())
                .putText("subresource", path.subresource()).build();
    }

    /** Whether bodies of answers are wanted. */
    boolean wantsAnswers() {
        return decision.level() == Level.REQUEST_RESPONSE;
    }

    /** The body of the request came. */
    void requested(byte[] body, String type) {
        boolean wanted = decision.level() == Level.REQUEST || wantsAnswers();
        if (wanted && body.length > 0) {
            tree(body, type).ifPresent(tree -> event = event.with("requestObject", tree));
        }
    }

    /** The body of the answer is known. */
    void answered(byte[] body, String type) {
        tree(body, type).ifPresent(tree -> event = event.with("responseObject", tree));
    }

    private Optional<Json> tree(byte[] body, String type) {
        try {
            Json tree = type.startsWith(ProtobufObjects.MEDIA_TYPE) ? protobuf.read(body)
                    : type.contains("cbor") ? CborReader.read(body)
                    : type.contains("yaml") ? Yaml.documents(new String(body, StandardCharsets.UTF_8)).getFirst()
                    : JsonReader.read(body);
            boolean omit = decision.omitManagedFields() && tree instanceof JsonObject;
            return Optional.of(omit ? without(tree.object()) : tree);
        } catch (JsonException | ProtobufException | CborException | Yaml.YamlException | NoSuchElementException e) {
            return Optional.empty();
        }
    }

    private static JsonObject without(JsonObject tree) {
        var one = tree.withoutAt("metadata", "managedFields");
        return one.has("items") ? one.with("items", JsonArray.of(one.array("items").objects().stream()
                .map(item -> (Json) item.withoutAt("metadata", "managedFields")).toList())) : one;
    }

    /** The head of a lasting answer is sent. */
    void started(int code) {
        status(code);
        tell(Stage.RESPONSE_STARTED);
    }

    /** All is sent. */
    void complete(int code, AuditNotes notes) {
        status(code);
        if (!over) {
            over = true;
            annotate(notes.all());
            if (decision.level().includes(Level.REQUEST)) {
                annotate(notes.details());
            }
            tell(Stage.RESPONSE_COMPLETE);
        }
    }

    private void annotate(Map<String, String> notes) {
        if (!event.isEmpty() && !notes.isEmpty()) {
            var all = JsonObject.builder().putAll(event.object("annotations"));
            notes.forEach(all::put);
            event = event.with("annotations", all.build());
        }
    }

    /** The server failed. */
    void panicked() {
        status(500);
        over = true;
        tell(Stage.PANIC);
    }

    private void status(int code) {
        if (!event.isEmpty()) {
            event = event.with("responseStatus", JsonObject.of("metadata", JsonObject.EMPTY, "code", code));
        }
    }

    private void tell(Stage stage) {
        if (!event.isEmpty() && decision.records(stage)) {
            audit.log().accept(event.with("stage", Json.of(stage.toString()))
                    .with("stageTimestamp", Json.of(Times.micros(audit.clock().instant()))));
        }
    }
}
