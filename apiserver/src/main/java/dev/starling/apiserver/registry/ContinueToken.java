package dev.starling.apiserver.registry;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import java.util.Base64;

/**
 * Where the next page of a list begins.
 *
 * @param revision at which the first page was read; 0 for the newest, after that one was forgotten
 * @param after the last key of the page before, below the list's prefix
 */
record ContinueToken(long revision, String after) {
    private static final String VERSION = "meta.k8s.io/v1";

    String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(
                JsonWriter.bytes(JsonObject.of("v", VERSION, "rv", revision, "start", after)));
    }

    /** The rest of the list as it is now. */
    ContinueToken inconsistent() {
        return new ContinueToken(0, after);
    }

    /** @throws ApiException BAD_REQUEST if this server did not make the token */
    static ContinueToken parse(String text) {
        try {
            var json = JsonReader.readObject(Base64.getUrlDecoder().decode(text));
            var token = new ContinueToken(json.at("rv").number(0), json.text("start"));
            if (json.text("v").equals(VERSION) && token.revision >= 0 && json.has("rv")) {
                return token;
            }
        } catch (IllegalArgumentException | JsonException e) {
            throw invalid(e.getMessage());
        }
        throw invalid("it names no revision of this version");
    }

    private static ApiException invalid(String why) {
        return ApiException.badRequest("continue key is not valid: " + why);
    }
}
