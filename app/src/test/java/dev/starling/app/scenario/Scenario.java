package dev.starling.app.scenario;

import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the files come from: those of users, unchanged, where they lie beside the repository, and our own cases. */
enum Scenario {
    OF_USERS, OUR_OWN;

    static Stream<Scenario> present() {
        return Stream.of(values()).filter(scenario -> scenario == OUR_OWN || users().isPresent());
    }

    private static Optional<Path> users() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("starling"))) {
            here = here.getParent();
        }
        return Optional.of(here.resolveSibling("shared").resolve("scenarios")).filter(Files::isDirectory);
    }

    String text(String file) {
        try {
            if (this == OF_USERS) {
                return Files.readString(users().orElseThrow().resolve(file));
            }
            try (var in = Scenario.class.getResourceAsStream("/scenarios/" + file)) {
                return new String(Optional.ofNullable(in).orElseThrow().readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<KubeObject> objects(String file) {
        return Yaml.documents(text(file)).stream().map(document -> KubeObject.of(document.object())).toList();
    }

    KubeObject object(String file, ResourceType type) {
        return objects(file).stream().filter(object -> object.kind().equals(type.kind())).findFirst().orElseThrow();
    }
}
