package dev.starling.apiserver.access.remote;

import dev.starling.apiserver.access.Callers;
import dev.starling.apiserver.access.TokenProof;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Identity tokens of one OpenID Connect issuer. */
public final class OidcProof implements TokenProof {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEEWAY = Duration.ofSeconds(30);

    private final OidcSettings settings;
    private final SigningKeys keys;
    private final InstantSource clock;

    public OidcProof(OidcSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.keys = new SigningKeys(new RemoteDocument(ClusterAccess.withToken(settings.issuer(),
                settings.authorityPem(), ""), TIMEOUT), settings.issuer(), clock);
    }

    @Override
    public Optional<Proven> prove(String token, List<String> audiences) {
        return TokenProof.here(WebSignature.read(token).filter(this::meant).filter(this::signed)
                .flatMap(read -> user(read.claims())), audiences);
    }

    /** What costs nothing comes first: a token of another issuer never makes this server ask for keys. */
    private boolean meant(WebSignature token) {
        var claims = token.claims();
        return claims.text("iss").equals(settings.issuer().toString())
                && settings.algorithms().contains(token.algorithm())
                && texts(claims.at("aud")).contains(settings.clientId()) && timely(claims)
                && settings.required().entrySet().stream().allMatch(claim ->
                        claims.text(claim.getKey()).equals(claim.getValue()));
    }

    private boolean timely(JsonObject claims) {
        var now = clock.instant();
        return now.isBefore(Instant.ofEpochSecond(seconds(claims, "exp")))
                && !now.isBefore(Instant.ofEpochSecond(seconds(claims, "nbf")).minus(LEEWAY));
    }

    /** Far times are all the same, and never out of range. */
    private static long seconds(JsonObject claims, String name) {
        return Math.clamp(claims.at(name).number(0), 0, Integer.MAX_VALUE * 100L);
    }

    private boolean signed(WebSignature token) {
        return !keys.find(key -> token.names(key) && token.signedBy(key)).isEmpty();
    }

    private Optional<Caller> user(JsonObject claims) {
        String name = claims.text(settings.usernameClaim());
        boolean unverified = settings.usernameClaim().equals("email") && claims.has("email_verified")
                && !claims.at("email_verified").equals(JsonBoolean.TRUE);
        if (name.isEmpty() || unverified) {
            return Optional.empty();
        }
        var groups = settings.groupsClaim().isEmpty() ? List.<String>of()
                : texts(claims.at(settings.groupsClaim())).stream().map(settings.groupsPrefix()::concat).toList();
        return Optional.of(Callers.authenticated(settings.prefix() + name, groups));
    }

    /** A text, or several. */
    private static List<String> texts(Json value) {
        return value instanceof JsonString(var text) ? List.of(text) : value.array().texts();
    }
}
