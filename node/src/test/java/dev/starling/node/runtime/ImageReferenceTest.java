package dev.starling.node.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx:latest",
        "nginx:1.25, docker.io/library/nginx:1.25",
        "grafana/loki, docker.io/grafana/loki:latest",
        "docker.io/nginx, docker.io/library/nginx:latest",
        "index.docker.io/library/nginx, docker.io/library/nginx:latest",
        "localhost/app, localhost/app:latest",
        "127.0.0.1:5000/a/b:c, 127.0.0.1:5000/a/b:c",
        "quay.io/a/b, quay.io/a/b:latest",
        "nginx@sha256:abc, docker.io/library/nginx@sha256:abc",
        "sha256:abc, sha256:abc",
    })
    void completesNamesAsDockerDoes(String reference, String normalised) {
        assertEquals(normalised, ImageReference.normalise(reference));
        assertEquals(normalised, ImageReference.normalise(normalised));
    }
}
