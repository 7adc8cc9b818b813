package dev.starling.apiserver.custom;

import dev.starling.apiserver.kinds.ScaleSubresource;
import dev.starling.apiserver.registry.Conversion;
import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.registry.ServedResource.Sub;
import dev.starling.apiserver.registry.Subresource;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes the kinds of a definition: one for each version that it serves, the preferred one first. */
final class CustomKinds {
    private static final List<String> READ_WRITE = List.of("get", "patch", "update");

    private final Schemas schemas;
    private final Webhooks webhooks;

    CustomKinds(Schemas schemas, Webhooks webhooks) {
        this.schemas = schemas;
        this.webhooks = webhooks;
    }

    List<Kind> of(Definition definition, AtomicBoolean terminating) {
        return definition.versions().stream().filter(Definition.Version::served)
                .map(version -> kind(definition, version, terminating)).toList();
    }

    private Kind kind(Definition definition, Definition.Version version, AtomicBoolean terminating) {
        var type = definition.type(version);
        List<Sub> subs = new ArrayList<>();
        Map<String, Subresource> acting = new HashMap<>();
        if (version.hasStatus()) {
            subs.add(new Sub("status", type.apiVersion(), type.kind(), READ_WRITE));
        }
        version.scale().ifPresent(paths -> {
            subs.add(new Sub("scale", "autoscaling/v1", "Scale", READ_WRITE));
            acting.put("scale", new ScaleSubresource(new CustomScale(paths)));
        });
        var names = definition.names();
        var served = new ServedResource(type, names.singular(), ServedResource.ALL_VERBS, names.shortNames(),
                names.categories(), subs, false);
        String fingerprint = definition.object().uid() + "/" + definition.object().generation();
        var schema = new CustomSchema(type, version.schema(), fingerprint, schemas);
        var stored = definition.type(definition.storageVersion());
        return new Kind(served, schema, new CustomRules(definition, version, terminating), acting,
                new Kind.Storage(stored, conversion(definition, type, stored, schema)));
    }

    private Conversion conversion(Definition definition, ResourceType type, ResourceType stored, KindSchema schema) {
        JsonObject written = definition.object().spec().object("conversion");
        if (!written.text("strategy").equals("Webhook")) {
            return new CustomConversion(type.apiVersion(), stored.apiVersion(), schema);
        }
        var webhook = new WebhookConversion.Webhook(webhooks, written.object("webhook", "clientConfig"), type.kind(),
                definition.object().uid());
        return new WebhookConversion(webhook, type.apiVersion(), stored.apiVersion(), schema);
    }
}
