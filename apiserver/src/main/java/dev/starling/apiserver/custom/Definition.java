package dev.starling.apiserver.custom;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Optional;

/** A CustomResourceDefinition, read. */
record Definition(KubeObject object) {
    static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

    /** The names of a custom kind: as they are wished for, or as they were accepted. */
    record Names(JsonObject json) {
        String plural() {
            return json.text("plural");
        }

        String singular() {
            return json.text("singular");
        }

        String kind() {
            return json.text("kind");
        }

        String listKind() {
            return json.text("listKind");
        }

        List<String> shortNames() {
            return json.array("shortNames").texts();
        }

        List<String> categories() {
            return json.array("categories").texts();
        }
    }

    /** One version of a custom kind. */
    record Version(JsonObject json) {
        String name() {
            return json.text("name");
        }

        boolean served() {
            return json.flag("served");
        }

        boolean storage() {
            return json.flag("storage");
        }

        JsonObject schema() {
            return json.object("schema", "openAPIV3Schema");
        }

        boolean hasStatus() {
            return json.object("subresources").has("status");
        }

        Optional<JsonObject> scale() {
            return json.object("subresources").find("scale").map(Json::object);
        }

        List<JsonObject> columns() {
            return json.array("additionalPrinterColumns").objects();
        }

        List<String> selectableFields() {
            return json.array("selectableFields").objects().stream().map(field -> field.text("jsonPath")).toList();
        }
    }

    String group() {
        return object.spec().text("group");
    }

    Names names() {
        return new Names(object.spec().object("names"));
    }

    Names acceptedNames() {
        return new Names(object.status().object("acceptedNames"));
    }

    boolean namespaced() {
        return object.spec().text("scope").equals("Namespaced");
    }

    List<Version> versions() {
        return object.spec().array("versions").objects().stream().map(Version::new).toList();
    }

    Version storageVersion() {
        return versions().stream().filter(Version::storage).findFirst()
                .orElseThrow(() -> new IllegalStateException("no version of " + object.name() + " is stored"));
    }

    ResourceType type(Version version) {
        return new ResourceType(group(), version.name(), names().plural(), names().kind(), namespaced());
    }

    /** {@code True}, {@code False}, {@code Unknown}, or empty if there is no such condition. */
    String condition(String type) {
        return object.status().array("conditions").objects().stream()
                .filter(condition -> condition.text("type").equals(type))
                .findFirst().map(condition -> condition.text("status")).orElse("");
    }

    boolean established() {
        return condition("Established").equals("True");
    }
}
