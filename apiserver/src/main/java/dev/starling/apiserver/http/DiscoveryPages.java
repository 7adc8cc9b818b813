package dev.starling.apiserver.http;

import dev.starling.apiserver.aggregation.DelegatedGroups;
import dev.starling.apiserver.aggregation.Delegates;
import dev.starling.apiserver.discovery.Discovery;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Serves {@code /api} and {@code /apis} down to a group's version. */
final class DiscoveryPages {
    private static final List<String> AGGREGATED_VERSIONS = List.of("v2", "v2beta1");

    private final Registry registry;
    private final DelegatedGroups delegated;
    private volatile Optional<Made> made = Optional.empty();

    private record Made(List<ServedResource> served, Discovery discovery) {
    }

    DiscoveryPages(Registry registry, Delegates delegates) {
        this.registry = registry;
        this.delegated = new DelegatedGroups(delegates);
    }

    void serve(Exchange exchange, ApiRequest request) {
        var segments = request.segments();
        var discovery = discovery();
        boolean core = segments.getFirst().equals("api");
        if (segments.size() == 1) {
            var version = aggregatedVersion(exchange);
            if (version.isPresent()) {
                var own = discovery.aggregated(core, version.get());
                aggregated(exchange, core ? own : delegated.addedAggregated(own), version.get());
            } else {
                Document.to(exchange, request).document(200,
                        core ? discovery.coreVersions(exchange.localAddress())
                                : delegated.added(discovery.groupList()));
            }
            return;
        }
        var document = core ? discovery.resources("", segments.get(1))
                : segments.size() == 2 ? discovery.group(segments.get(1)).or(() -> delegated.group(segments.get(1)))
                : discovery.resources(segments.get(1), segments.get(2));
        if (document.isPresent()) {
            Document.to(exchange, request).document(200, document.get());
        } else {
            Answer.text(exchange, 404, "404 page not found\n");
        }
    }

    /** Made anew when what is served has changed. */
    private Discovery discovery() {
        var served = registry.catalog().served();
        var known = made;
        if (known.isPresent() && known.get().served() == served) {
            return known.get().discovery();
        }
        var fresh = new Discovery(served);
        made = Optional.of(new Made(served, fresh));
        return fresh;
    }

    /** The version of the aggregated document that the client wants more than the plain one. */
    private static Optional<String> aggregatedVersion(Exchange exchange) {
        for (var clause : Accept.parse(exchange.header("Accept")).clauses()) {
            boolean aggregated = clause.parameter("as").equals("APIGroupDiscoveryList")
                    && clause.parameter("g").equals("apidiscovery.k8s.io");
            if (clause.json() && aggregated && AGGREGATED_VERSIONS.contains(clause.parameter("v"))) {
                return Optional.of(clause.parameter("v"));
            }
            if (clause.json() && !aggregated) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static void aggregated(Exchange exchange, JsonObject document, String version) {
        byte[] bytes = JsonWriter.bytes(document);
        String tag = "\"" + digest(bytes) + "\"";
        exchange.add("ETag", tag);
        exchange.add("Vary", "Accept");
        if (exchange.header("If-None-Match").contains(tag)) {
            exchange.answer(304);
        } else {
            exchange.answer(200, "application/json;g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList",
                    bytes);
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .toUpperCase(Locale.ROOT);
        } catch (NoSuchAlgorithmException e) {
            throw ApiException.internal("SHA-256 is not available");
        }
    }
}
