package dev.starling.apiserver.access.remote;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whose identity tokens count, and how their claims become users.
 *
 * @param usernamePrefix before each name; empty for the usual one: the issuer and {@code #}, and none for
 *     {@code email}; {@code -} for none
 * @param groupsClaim empty where tokens tell of no groups
 * @param required claims that must have these values
 * @param algorithms of RFC 7518 that signatures may use
 * @param authorityPem who signed the issuer's certificate; empty for the machine's own authorities
 */
public record OidcSettings(URI issuer, String clientId, String usernameClaim, String usernamePrefix,
        String groupsClaim, String groupsPrefix, Map<String, String> required, List<String> algorithms,
        String authorityPem) {
    private static final Set<String> KNOWN = Set.of("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256",
            "PS384", "PS512");

    public OidcSettings {
        required = Map.copyOf(required);
        algorithms = List.copyOf(algorithms);
        if (!"https".equals(issuer.getScheme())) {
            throw new IllegalArgumentException("the OIDC issuer must be an https address: " + issuer);
        }
        if (clientId.isEmpty() || usernameClaim.isEmpty()) {
            throw new IllegalArgumentException("OIDC needs a client ID and a username claim");
        }
        if (algorithms.isEmpty() || !KNOWN.containsAll(algorithms)) {
            throw new IllegalArgumentException("OIDC signing algorithms are among " + KNOWN + ", not " + algorithms);
        }
    }

    /** With what is usual: users by {@code sub}, no groups, RS256. */
    public static OidcSettings of(URI issuer, String clientId, String authorityPem) {
        return new OidcSettings(issuer, clientId, "sub", "", "", "", Map.of(), List.of("RS256"), authorityPem);
    }

    String prefix() {
        return switch (usernamePrefix) {
            case "" -> usernameClaim.equals("email") ? "" : issuer + "#";
            case "-" -> "";
            default -> usernamePrefix;
        };
    }
}
