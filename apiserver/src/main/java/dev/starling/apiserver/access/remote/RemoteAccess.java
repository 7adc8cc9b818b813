package dev.starling.apiserver.access.remote;

import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.access.Proof;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * What an installation adds to the ways of proving who one is and to the judges of what one may, as its file
 * {@code access.yaml} says. Without the file there is nothing of it, and nothing is loaded.
 */
public record RemoteAccess(List<Proof> proofs, List<Authorizer> authorizers) {
    private static final Set<String> OIDC = Set.of("issuer", "clientId", "usernameClaim", "usernamePrefix",
            "groupsClaim", "groupsPrefix", "requiredClaims", "signingAlgorithms", "caFile");
    private static final Set<String> WEBHOOK = Set.of("kubeconfig", "timeoutSeconds", "allowedSeconds",
            "refusedSeconds", "rememberedAnswers");

    public RemoteAccess {
        proofs = List.copyOf(proofs);
        authorizers = List.copyOf(authorizers);
    }

    /** @throws IllegalArgumentException in one line, if the file makes no sense */
    public static RemoteAccess read(Path file, InstantSource clock) {
        if (!Files.exists(file)) {
            return new RemoteAccess(List.of(), List.of());
        }
        var settings = settings(file);
        require(file, settings, Set.of("oidc", "webhook"));
        List<Proof> proofs = settings.has("oidc") ? List.of(new OidcProof(oidc(file, settings.object("oidc")), clock))
                : List.of();
        List<Authorizer> authorizers = settings.has("webhook")
                ? List.of(webhook(file, settings.object("webhook"), clock)) : List.of();
        return new RemoteAccess(proofs, authorizers);
    }

    private static JsonObject settings(Path file) {
        try {
            var documents = Yaml.documents(text(file));
            return documents.isEmpty() ? JsonObject.EMPTY : documents.getFirst().object();
        } catch (JsonException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void require(Path file, JsonObject settings, Set<String> known) {
        settings.names().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(file + ": there is no setting " + name + " among " + known);
        });
    }

    private static OidcSettings oidc(Path file, JsonObject json) {
        require(file, json, OIDC);
        var algorithms = json.array("signingAlgorithms").texts();
        String authority = json.text("caFile").isEmpty() ? "" : text(file.resolveSibling(json.text("caFile")));
        return new OidcSettings(URI.create(json.text("issuer")), json.text("clientId"),
                json.text("usernameClaim").isEmpty() ? "sub" : json.text("usernameClaim"), json.text("usernamePrefix"),
                json.text("groupsClaim"), json.text("groupsPrefix"), json.object("requiredClaims").texts(),
                algorithms.isEmpty() ? List.of("RS256") : algorithms, authority);
    }

    private static Authorizer webhook(Path file, JsonObject json, InstantSource clock) {
        require(file, json, WEBHOOK);
        var usual = WebhookSettings.DEFAULT;
        var settings = new WebhookSettings(seconds(json, "timeoutSeconds", usual.timeout()),
                seconds(json, "allowedSeconds", usual.allowedFor()),
                seconds(json, "refusedSeconds", usual.refusedFor()),
                (int) json.at("rememberedAnswers").number(usual.most()));
        return new WebhookAuthorizer(Kubeconfig.read(file.resolveSibling(json.text("kubeconfig"))).access(), settings,
                clock);
    }

    private static Duration seconds(JsonObject json, String name, Duration usual) {
        return Duration.ofSeconds(json.at(name).number(usual.toSeconds()));
    }
}
