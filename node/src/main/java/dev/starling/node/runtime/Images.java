package dev.starling.node.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The images that the runtime holds. References are normalised as Docker does: {@code nginx} is {@code
 * docker.io/library/nginx:latest}. An imported image answers for its reference, also when asked to pull it, until it
 * is removed.
 */
public interface Images {
    /** @throws ImagePullException with the registry's message */
    Image pull(String reference, RegistryCredentials credentials);

    /** Imports an archive in OCI or Docker form and answers the normalised references that it carried. */
    List<String> importArchive(Path archive);

    List<Image> list();

    /** By reference or id. */
    Optional<Image> find(String referenceOrId);

    void remove(String referenceOrId);
}
