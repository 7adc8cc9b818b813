package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Tokens;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import java.util.List;

/** How others check the tokens of service accounts: {@code /.well-known/openid-configuration} and its keys. */
final class IdentityPages {
    private final JsonObject keySet;

    IdentityPages(JsonObject keySet) {
        this.keySet = keySet;
    }

    void keys(Exchange exchange, ApiRequest request) {
        answer(exchange, request, List.of("openid", "v1", "jwks"), "application/jwk-set+json", keySet);
    }

    void configuration(Exchange exchange, ApiRequest request) {
        answer(exchange, request, List.of(".well-known", "openid-configuration"), MediaType.JSON, JsonObject.of(
                "issuer", Tokens.ISSUER, "jwks_uri", "https://" + exchange.localAddress() + "/openid/v1/jwks",
                "response_types_supported", List.of("id_token"), "subject_types_supported", List.of("public"),
                "id_token_signing_alg_values_supported", List.of("ES256")));
    }

    private static void answer(Exchange exchange, ApiRequest request, List<String> path, String type,
            JsonObject document) {
        if (request.segments().equals(path)) {
            exchange.add("Cache-Control", "public, max-age=3600");
            exchange.answer(200, type, JsonWriter.bytes(document));
        } else {
            Answer.text(exchange, 404, "404 page not found\n");
        }
    }
}
