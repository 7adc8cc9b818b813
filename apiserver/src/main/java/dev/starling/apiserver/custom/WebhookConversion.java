package dev.starling.apiserver.custom;

import dev.starling.apiserver.registry.Conversion;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.webhook.Waiting;
import dev.starling.apiserver.webhook.WebhookException;
import dev.starling.apiserver.webhook.WebhookTarget;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Between versions that a webhook converts ({@code apiextensions.k8s.io/v1} ConversionReview). Of the metadata it may
 * change labels and annotations alone. A list is one question.
 */
final class WebhookConversion implements Conversion {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Webhook webhook;
    private final String served;
    private final String stored;
    private final KindSchema schema;
    private final AtomicLong asked = new AtomicLong();

    /** @param served the apiVersion that clients see */
    WebhookConversion(Webhook webhook, String served, String stored, KindSchema schema) {
        this.webhook = webhook;
        this.served = served;
        this.stored = stored;
        this.schema = schema;
    }

    /** Whom to ask about which kind, and how. */
    record Webhook(Webhooks webhooks, JsonObject clientConfig, String kind, String uid) {
    }

    @Override
    public boolean callsOut() {
        return true;
    }

    @Override
    public KubeObject stored(KubeObject object) {
        return converted(List.of(object), stored).getFirst();
    }

    @Override
    public KubeObject served(KubeObject object) {
        return served(List.of(object)).getFirst();
    }

    @Override
    public List<KubeObject> served(List<KubeObject> objects) {
        return converted(objects, served).stream().map(this::defaulted).toList();
    }

    @Override
    public boolean outdated(KubeObject object) {
        return !object.apiVersion().equals(stored);
    }

    private KubeObject defaulted(KubeObject object) {
        var tree = schema.defaulted(object.tree());
        return tree == object.tree() ? object : KubeObject.of(tree);
    }

    private List<KubeObject> converted(List<KubeObject> objects, String wanted) {
        var others = objects.stream().filter(object -> !object.apiVersion().equals(wanted)).toList();
        if (others.isEmpty()) {
            return objects;
        }
        var answers = answers(others, wanted).iterator();
        List<KubeObject> all = new ArrayList<>();
        for (KubeObject object : objects) {
            all.add(object.apiVersion().equals(wanted) ? object : checked(object, answers.next(), wanted));
        }
        return all;
    }

    private List<JsonObject> answers(List<KubeObject> objects, String wanted) {
        String uid = new UUID(webhook.uid().hashCode(), asked.incrementAndGet()).toString();
        var request = JsonObject.of("uid", uid, "desiredAPIVersion", wanted,
                "objects", JsonArray.of(objects.stream().map(KubeObject::tree).toList()));
        var response = asked(JsonObject.of("kind", "ConversionReview", "apiVersion", "apiextensions.k8s.io/v1",
                "request", request), wanted).object("response");
        if (!response.text("uid").equals(uid)) {
            throw failed(wanted, "expected response.uid=\"" + uid + "\", got \"" + response.text("uid") + "\"");
        }
        if (!response.text("result", "status").equals("Success")) {
            throw failed(wanted, response.text("result", "message").isEmpty() ? "the webhook told no reason"
                    : response.text("result", "message"));
        }
        var converted = response.array("convertedObjects").objects();
        if (converted.size() != objects.size()) {
            throw failed(wanted, "expected " + objects.size() + " converted objects, got " + converted.size());
        }
        return converted;
    }

    private JsonObject asked(JsonObject review, String wanted) {
        try {
            Waiting.begins();
            return webhook.webhooks().call(WebhookTarget.of(webhook.clientConfig()), review, LONGEST);
        } catch (WebhookException | IllegalArgumentException e) {
            throw failed(wanted, String.valueOf(e.getMessage()));
        }
    }

    private ApiException failed(String wanted, String why) {
        return new ApiException(ApiException.Reason.INTERNAL_ERROR, "conversion webhook for " + wanted + ", Kind="
                + webhook.kind() + " failed: " + why);
    }

    private KubeObject checked(KubeObject before, JsonObject answer, String wanted) {
        var after = KubeObject.of(answer);
        if (!after.apiVersion().equals(wanted) || !after.kind().equals(before.kind())) {
            throw failed(wanted, "returned invalid object: it is " + after.kind() + " in " + after.apiVersion());
        }
        if (!after.name().equals(before.name()) || !after.namespace().equals(before.namespace())
                || !after.uid().equals(before.uid())) {
            throw failed(wanted, "returned invalid metadata: name, namespace and uid must not change");
        }
        var metadata = JsonObject.builder().putAll(before.metadata().without("labels").without("annotations"));
        for (String field : List.of("labels", "annotations")) {
            Json value = after.metadata().at(field);
            if (!value.isNull()) {
                metadata.put(field, value);
            }
        }
        return after.with(metadata.build(), "metadata");
    }
}
