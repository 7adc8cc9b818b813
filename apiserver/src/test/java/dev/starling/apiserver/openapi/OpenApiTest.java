package dev.starling.apiserver.openapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private static final Schemas SCHEMAS = Schemas.builtIn();
    private static final List<ServedResource> SERVED = served();

    private static List<ServedResource> served() {
        List<ServedResource> served = new ArrayList<>();
        Kinds.STORED.forEach(type -> served.add(ServedResource.stored(type).withSubresources(
                new ServedResource.Sub("status", "", type.kind(), List.of("get", "patch", "update")),
                new ServedResource.Sub("scale", "autoscaling/v1", "Scale", List.of("get", "patch", "update")))));
        served.add(ServedResource.computed(Kinds.POD_METRICS, false));
        served.add(ServedResource.computed(Kinds.USAGE_SPANS, false));
        return served;
    }

    private static JsonObject v3(String path) {
        return JsonReader.readObject(new OpenApiV3(SCHEMAS, SERVED).document(path).orElseThrow());
    }

    private static JsonObject v2() {
        return JsonReader.readObject(new OpenApiV2(SCHEMAS, SERVED).json());
    }

    private static void collectReferences(Json node, List<String> references) {
        if (node instanceof JsonObject object) {
            object.find("$ref").ifPresent(reference -> references.add(reference.text()));
            object.forEach((name, value) -> collectReferences(value, references));
        } else if (node instanceof JsonArray array) {
            array.forEach(value -> collectReferences(value, references));
        }
    }

    @Test
    void indexNamesADocumentPerGroupAndVersion() {
        OpenApiV3 documents = new OpenApiV3(SCHEMAS, SERVED);
        JsonObject paths = JsonReader.readObject(documents.index()).object("paths");
        assertTrue(paths.names().containsAll(List.of("api/v1", "apis/apps/v1", "apis/starling.dev/v1",
                "apis/metrics.k8s.io/v1beta1", "apis/billing.starling.dev/v1")), paths.toString());
        assertEquals("/openapi/v3/apis/apps/v1?hash=" + documents.hash("apis/apps/v1"),
                paths.text("apis/apps/v1", "serverRelativeURL"));
        paths.names().forEach(path -> assertTrue(documents.document(path).isPresent(), path));
        assertEquals(Optional.empty(), documents.document("apis/none/v1"));
    }

    @Test
    void hashChangesWithWhatIsServed() {
        OpenApiV3 all = new OpenApiV3(SCHEMAS, SERVED);
        OpenApiV3 fewer = new OpenApiV3(SCHEMAS, List.of(ServedResource.stored(Kinds.DEPLOYMENTS)));
        assertNotEquals(all.hash("apis/apps/v1"), fewer.hash("apis/apps/v1"));
    }

    @Test
    void everyReferenceOfADocumentIsDefinedInIt() {
        for (String path : JsonReader.readObject(new OpenApiV3(SCHEMAS, SERVED).index()).object("paths").names()) {
            JsonObject document = v3(path);
            List<String> references = new ArrayList<>();
            collectReferences(document, references);
            JsonObject schemas = document.object("components", "schemas");
            assertFalse(references.isEmpty());
            references.forEach(reference -> assertTrue(
                    schemas.has(reference.replace("#/components/schemas/", "")), path + ": " + reference));
        }
        JsonObject document = v2();
        List<String> references = new ArrayList<>();
        collectReferences(document, references);
        references.forEach(reference -> assertTrue(
                document.object("definitions").has(reference.replace("#/definitions/", "")), reference));
    }

    /** Old clients check what they send by version 2: a default of a user's schema may be any value. */
    @Test
    void valuesOfAnyFormHaveNoTypeInVersion2() {
        var served = List.of(ServedResource.stored(new ResourceType("apiextensions.k8s.io", "v1",
                "customresourcedefinitions", "CustomResourceDefinition", false)));
        JsonObject properties = JsonReader.readObject(new OpenApiV2(SCHEMAS, served).json()).object("definitions",
                "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps", "properties");
        assertFalse(properties.object("default").has("type"));
        assertFalse(properties.object("enum", "items").has("type"));
        assertEquals("string", properties.object("pattern").text("type"));
    }

    @Test
    void patchesOfEveryKindOfferFieldValidation() {
        for (ResourceType type : Kinds.STORED) {
            JsonObject paths = v3(type.rootPath().substring(1)).object("paths");
            String path = type.rootPath() + (type.namespaced() ? "/namespaces/{namespace}/" : "/") + type.plural()
                    + "/{name}";
            JsonObject patch = paths.object(path, "patch");
            assertEquals(JsonObject.of("group", type.group(), "kind", type.kind(), "version", type.version()),
                    patch.object("x-kubernetes-group-version-kind"), path);
            assertTrue(patch.array("parameters").objects().stream()
                    .anyMatch(parameter -> parameter.text("name").equals("fieldValidation")), path);
            assertTrue(patch.object("requestBody", "content").has("application/strategic-merge-patch+json"));
            assertEquals("patch", patch.text("x-kubernetes-action"));
        }
    }

    @Test
    void definitionsCarryDescriptionsMergeKeysAndKinds() {
        JsonObject schemas = v3("apis/apps/v1").object("components", "schemas");
        JsonObject deployment = schemas.object("io.k8s.api.apps.v1.Deployment");
        assertEquals("Deployment", deployment.array("x-kubernetes-group-version-kind").at(0).object().text("kind"));
        assertFalse(deployment.text("description").isEmpty());
        JsonObject containers = schemas.object("io.k8s.api.core.v1.PodSpec", "properties", "containers");
        assertEquals("name", containers.text("x-kubernetes-patch-merge-key"));
        assertEquals("merge", containers.text("x-kubernetes-patch-strategy"));
        JsonObject spec = schemas.object("io.k8s.api.apps.v1.Deployment", "properties", "spec");
        assertEquals("#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec",
                spec.array("allOf").at(0).object().text("$ref"));
        assertFalse(schemas.toString().contains("x-starling"));
    }

    @Test
    void protobufFormSaysTheSameAsTheJsonForm() {
        JsonObject json = v2();
        ProtobufMessage document = ProtobufMessage.read(new OpenApiV2(SCHEMAS, SERVED).protobuf());
        assertEquals("2.0", document.text(1));
        assertEquals(json.object("definitions").names(),
                document.messages(9, 1).stream().map(one -> one.text(1)).toList());
        assertEquals(json.object("paths").names(), document.messages(8, 2).stream().map(one -> one.text(1)).toList());
        ProtobufMessage deployment = document.named("io.k8s.api.apps.v1.Deployment", 9, 1);
        assertEquals("[{\"group\":\"apps\",\"kind\":\"Deployment\",\"version\":\"v1\"}]\n",
                deployment.named("x-kubernetes-group-version-kind", 31).text(2));
        assertEquals("#/definitions/io.k8s.api.apps.v1.DeploymentSpec", deployment.named("spec", 25, 1).text(1));
        ProtobufMessage containers = document.named("io.k8s.api.core.v1.PodSpec", 9, 1).named("containers", 25, 1);
        assertEquals("array", containers.messages(22).getFirst().text(1));
        assertEquals("#/definitions/io.k8s.api.core.v1.Container", containers.messages(23, 1).getFirst().text(1));
        assertEquals("\"name\"\n", containers.named("x-kubernetes-patch-merge-key", 31).text(2));
    }

    @Test
    void protobufPatchesOfferFieldValidation() {
        ProtobufMessage patch = ProtobufMessage.read(new OpenApiV2(SCHEMAS, SERVED).protobuf())
                .named("/apis/apps/v1/namespaces/{namespace}/deployments/{name}", 8, 2).messages(8).getFirst();
        assertTrue(patch.messages(8, 1, 2, 3).stream().anyMatch(query -> query.text(4).equals("fieldValidation")));
        assertEquals("{\"group\":\"apps\",\"kind\":\"Deployment\",\"version\":\"v1\"}\n",
                patch.named("x-kubernetes-group-version-kind", 13).text(2));
    }

    @Test
    void kindsWithoutASchemaAreObjectsOfAnyForm() {
        JsonObject schemas = v3("apis/billing.starling.dev/v1").object("components", "schemas");
        assertEquals("object", schemas.text("dev.starling.billing.v1.UsageSpan", "type"));
    }

    @Test
    void whatIsComputedHasASchemaToo() {
        var image = new ResourceType("images.starling.dev", "v1", "images", "Image", false);
        var documents = new OpenApiV3(SCHEMAS, List.of(ServedResource.stored(Kinds.USAGE_SPANS),
                ServedResource.stored(image)));
        var spans = JsonReader.readObject(documents.document("apis/billing.starling.dev/v1").orElseThrow())
                .object("components", "schemas");
        assertEquals("integer", spans.object("dev.starling.billing.v1.UsageSpanSpec", "properties", "cpuMillis")
                .text("type"));
        assertTrue(JsonReader.readObject(documents.document("apis/images.starling.dev/v1").orElseThrow())
                .object("components", "schemas").has("dev.starling.images.v1.ImageSpec"));
    }
}
