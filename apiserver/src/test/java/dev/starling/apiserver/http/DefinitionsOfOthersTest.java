package dev.starling.apiserver.http;

import static dev.starling.apiserver.http.CustomResources.DEFINITIONS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.json.Json;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Definitions that others have published: those in the YAML files below a folder, which the environment names. Each is
 * accepted as it is, served, and explained.
 */
@EnabledIfEnvironmentVariable(named = "STARLING_DEFINITIONS", matches = ".+")
@Timeout(300)
class DefinitionsOfOthersTest {
    @TempDir
    private Path folder;

    @Test
    void areAcceptedServedAndExplained() throws Exception {
        List<String> refused = new ArrayList<>();
        try (var server = TestServer.in(folder); HttpApi api = server.client()) {
            var kubectl = new UsualKubectl(server.kubeconfig(), folder);
            for (KubeObject definition : definitions()) {
                refusal(api, kubectl, definition).ifPresent(refused::add);
            }
        }
        assertEquals(List.of(), refused);
    }

    private static Optional<String> refusal(KubeApi api, UsualKubectl kubectl, KubeObject definition)
            throws Exception {
        try {
            serve(api, definition);
        } catch (ApiException e) {
            return Optional.of(definition.name() + ": " + e.getMessage());
        }
        String explained = kubectl.run("explain", definition.name() + ".spec");
        return explained.contains("FIELD") ? Optional.empty() : Optional.of(definition.name() + ": " + explained);
    }

    private static void serve(KubeApi api, KubeObject definition) {
        api.create(DEFINITIONS.key(definition.name()), definition);
        CustomResources.await(() -> CustomResources.condition(api, definition.name(), "Established").equals("True"));
        for (var version : definition.spec().array("versions").objects()) {
            if (version.flag("served")) {
                var type = new ResourceType(definition.spec().text("group"), version.text("name"),
                        definition.spec().text("names", "plural"), definition.spec().text("names", "kind"), true);
                assertTrue(api.list(ListQuery.all(type)).items().isEmpty());
            }
        }
    }

    private static List<KubeObject> definitions() throws IOException {
        try (var files = Files.walk(Path.of(System.getenv("STARLING_DEFINITIONS")))) {
            return files.filter(file -> file.toString().matches(".*\\.ya?ml")).sorted()
                    .flatMap(file -> Yaml.documents(text(file)).stream()).map(Json::object).map(KubeObject::of)
                    .filter(object -> object.kind().equals("CustomResourceDefinition")).toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
