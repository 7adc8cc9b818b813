package dev.starling.apiserver.access.remote;

import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Optional;

/**
 * A signed token (RFC 7515, compact form), read but not believed before {@link #signedBy} says so.
 *
 * @param signed the text that the signature covers
 */
record WebSignature(JsonObject header, JsonObject claims, String signed, byte[] signature) {
    private static final int LONGEST = 64 << 10;

    /** Nothing for a text that is no token. */
    static Optional<WebSignature> read(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            var decoder = Base64.getUrlDecoder();
            return Optional.of(new WebSignature(JsonReader.readObject(decoder.decode(parts[0])),
                    JsonReader.readObject(decoder.decode(parts[1])), parts[0] + "." + parts[1],
                    decoder.decode(parts[2])));
        } catch (JsonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    String algorithm() {
        return header.text("alg");
    }

    /** Whether a JSON Web Key (RFC 7517) may be the one, by its name and kind. */
    boolean names(JsonObject key) {
        String id = header.text("kid");
        String use = key.text("use");
        return (id.isEmpty() || key.text("kid").equals(id)) && (use.isEmpty() || use.equals("sig"))
                && key.text("kty").equals(algorithm().startsWith("ES") ? "EC" : "RSA");
    }

    boolean signedBy(JsonObject key) {
        try {
            var check = check();
            check.initVerify(algorithm().startsWith("ES") ? curve(key) : rsa(key));
            check.update(signed.getBytes(StandardCharsets.US_ASCII));
            return check.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private Signature check() throws GeneralSecurityException {
        String bits = algorithm().substring(2);
        return switch (algorithm().substring(0, 2)) {
            case "ES" -> Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
            case "PS" -> {
                var check = Signature.getInstance("RSASSA-PSS");
                String digest = "SHA-" + bits;
                check.setParameter(new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest),
                        Integer.parseInt(bits) / 8, 1));
                yield check;
            }
            default -> Signature.getInstance("SHA" + bits + "withRSA");
        };
    }

    private static PublicKey rsa(JsonObject key) throws GeneralSecurityException {
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")));
    }

    private PublicKey curve(JsonObject key) throws GeneralSecurityException {
        String name = switch (algorithm()) {
            case "ES256" -> "secp256r1";
            case "ES384" -> "secp384r1";
            default -> "secp521r1";
        };
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name));
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(
                new ECPoint(number(key, "x"), number(key, "y")), parameters.getParameterSpec(ECParameterSpec.class)));
    }

    private static BigInteger number(JsonObject key, String field) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(key.text(field)));
    }
}
