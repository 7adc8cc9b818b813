package dev.starling.apiserver.webhook;

import dev.starling.kube.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a server listens that the API asks, as the {@code clientConfig} of a webhook tells it.
 *
 * @param authorityPem who signed its certificate; empty for the authorities that this machine trusts
 */
public record WebhookTarget(Place place, String authorityPem) {
    private static final int HTTPS = 443;

    /** A URL, or a path of a Service, whose certificate is for {@code <name>.<namespace>.svc}. */
    public sealed interface Place {

        record Url(URI uri) implements Place {
        }

        record InService(String namespace, String name, int port, String path) implements Place {
        }
    }

    /** @throws IllegalArgumentException if it names no place or more than one, or what it says is malformed */
    public static WebhookTarget of(JsonObject clientConfig) {
        String url = clientConfig.text("url");
        var service = clientConfig.object("service");
        if (url.isEmpty() == service.isEmpty()) {
            throw new IllegalArgumentException("exactly one of url or service is required");
        }
        var authority = Base64.getDecoder().decode(clientConfig.text("caBundle"));
        return new WebhookTarget(url.isEmpty() ? inService(service) : atUrl(url),
                new String(authority, StandardCharsets.US_ASCII));
    }

    private static Place atUrl(String url) {
        var uri = URI.create(url);
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null || uri.getRawUserInfo() != null
                || uri.getRawFragment() != null || uri.getRawQuery() != null) {
            throw new IllegalArgumentException("the url is no plain https address: " + url);
        }
        return new Place.Url(uri);
    }

    private static Place inService(JsonObject service) {
        String path = service.text("path");
        return new Place.InService(service.text("namespace"), service.text("name"),
                (int) service.at("port").number(HTTPS), path.isEmpty() ? "/" : path);
    }
}
