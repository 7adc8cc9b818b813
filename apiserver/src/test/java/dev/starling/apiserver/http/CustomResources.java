package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Definitions and objects for tests of custom kinds. */
final class CustomResources {
    static final ResourceType DEFINITIONS = Kinds.CUSTOM_RESOURCE_DEFINITIONS;
    static final ResourceType CRON_TABS = new ResourceType("stable.example.com", "v1", "crontabs", "CronTab", true);
    static final String CRON_TAB = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: crontabs.stable.example.com}
            spec:
              group: stable.example.com
              scope: Namespaced
              names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all]}
              versions:
              - name: v1
                served: true
                storage: true
                subresources:
                  status: {}
                  scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas,
                    labelSelectorPath: .status.selector}
                selectableFields:
                - jsonPath: .spec.image
                additionalPrinterColumns:
                - {name: Spec, type: string, jsonPath: .spec.cronSpec, description: The schedule}
                - {name: Replicas, type: integer, jsonPath: .spec.replicas}
                - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status', priority: 1}
                - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
                schema:
                  openAPIV3Schema:
                    type: object
                    description: A table of what runs when.
                    required: [spec]
                    properties:
                      spec:
                        type: object
                        description: What is wanted.
                        required: [cronSpec]
                        properties:
                          cronSpec: {type: string, description: When it runs., pattern: '^(\\S+ ){4}\\S+$'}
                          image: {type: string, default: busybox}
                          replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
                          port: {x-kubernetes-int-or-string: true}
                          free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                          note: {type: string, nullable: true}
                          steps:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [name]
                            items:
                              type: object
                              required: [name]
                              properties:
                                name: {type: string}
                                run: {type: string, default: now}
                          labels: {type: object, additionalProperties: {type: string, maxLength: 5}}
                      status: {type: object, x-kubernetes-preserve-unknown-fields: true}
            """;

    private CustomResources() {
    }

    static KubeObject yaml(String text) {
        return KubeObject.of(Yaml.documents(text).getFirst().object());
    }

    /** Creates a definition, and waits until its kinds are served. */
    static KubeObject define(KubeApi api, String yaml) {
        var definition = yaml(yaml);
        api.create(DEFINITIONS.key(definition.name()), definition);
        await(() -> condition(api, definition.name(), "Established").equals("True"));
        return api.get(DEFINITIONS.key(definition.name()));
    }

    static String condition(KubeApi api, String definition, String type) {
        return api.get(DEFINITIONS.key(definition)).status().array("conditions").objects().stream()
                .filter(condition -> condition.text("type").equals(type)).findFirst()
                .map(condition -> condition.text("status")).orElse("");
    }

    static KubeObject cronTab(String name, JsonObject spec) {
        return KubeObject.named(CRON_TABS, "default", name).with(spec, "spec");
    }

    static boolean gone(KubeApi api, ResourceType type, String namespace, String name) {
        try {
            api.get(type.key(namespace, name));
            return false;
        } catch (ApiException e) {
            return e.is(ApiException.Reason.NOT_FOUND);
        }
    }

    static void await(BooleanSupplier condition) {
        var end = Instant.now().plus(Duration.ofSeconds(20));
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("it did not come about in 20 s");
            }
            Thread.onSpinWait();
        }
    }
}
