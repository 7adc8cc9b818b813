package dev.starling.node.runtime;

import java.util.List;

/**
 * One image.
 *
 * @param id digest of its configuration
 * @param references normalised names with tags
 * @param digests names with digests
 * @param size bytes of its packed layers
 * @param user number or name that it runs as; empty for root
 * @param imported it came from an archive and is never asked of a registry
 */
public record Image(String id, List<String> references, List<String> digests, long size, String user,
                    boolean imported) {
    public Image {
        references = List.copyOf(references);
        digests = List.copyOf(digests);
    }
}
