package dev.starling.apiserver.access.csr;

import dev.starling.apiserver.access.SigningRequest;
import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.NameRule;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Requests for certificates: what is asked for never changes, and what is settled goes after an hour. */
final class RequestRules implements KindRules {
    private static final long LEAST_SECONDS = 600;
    private static final Duration PENDING = Duration.ofHours(24);
    private static final Duration SETTLED = Duration.ofHours(1);
    private static final Set<String> USAGES = Set.of("signing", "digital signature", "content commitment",
            "key encipherment", "key agreement", "data encipherment", "cert sign", "crl sign", "encipher only",
            "decipher only", "any", "server auth", "client auth", "code signing", "email protection", "s/mime",
            "ipsec end system", "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing", "microsoft sgc",
            "netscape sgc");

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public NameRule nameRule() {
        return NameRule.PATH_SEGMENT;
    }

    @Override
    public KubeObject prepareForUpdate(KubeObject before, KubeObject after) {
        return after.with(before.spec(), "spec");
    }

    /** Who signs may not judge. */
    @Override
    public KubeObject prepareForStatus(KubeObject before, KubeObject after) {
        var conditions = new ArrayList<JsonObject>();
        Conditions.of(before).stream().filter(Conditions::judges).forEach(conditions::add);
        Conditions.of(after).stream().filter(condition -> !Conditions.judges(condition)).forEach(conditions::add);
        return Conditions.with(after.with(before.spec(), "spec"), conditions);
    }

    @Override
    public List<Cause> validate(KubeObject request) {
        var causes = new ArrayList<Cause>();
        var spec = request.spec();
        requestFault(spec.text("request")).ifPresent(fault -> causes.add(new Cause("FieldValueInvalid",
                "Invalid value: \"" + spec.text("request") + "\": " + fault, "spec.request")));
        String signer = spec.text("signerName");
        int slash = signer.indexOf('/');
        if (signer.isEmpty()) {
            causes.add(new Cause("FieldValueRequired", "Required value", "spec.signerName"));
        } else if (slash <= 0 || slash == signer.length() - 1 || signer.indexOf('/', slash + 1) >= 0
                || signer.indexOf('.') < 0) {
            causes.add(new Cause("FieldValueInvalid", "Invalid value: \"" + signer
                    + "\": must be a fully qualified domain and path of the form 'example.com/signer-name'",
                    "spec.signerName"));
        }
        checkUsages(spec.array("usages").texts(), causes);
        long seconds = spec.at("expirationSeconds").number(LEAST_SECONDS);
        if (seconds < LEAST_SECONDS) {
            causes.add(new Cause("FieldValueInvalid", "Invalid value: " + seconds
                    + ": may not specify a duration less than 600 seconds (10 minutes)", "spec.expirationSeconds"));
        }
        return causes;
    }

    private static Optional<String> requestFault(String text) {
        try {
            SigningRequest.parse(Base64.getMimeDecoder().decode(text));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static void checkUsages(List<String> usages, List<Cause> causes) {
        if (usages.isEmpty()) {
            causes.add(new Cause("FieldValueRequired", "Required value: usages is required", "spec.usages"));
        }
        for (int i = 0; i < usages.size(); i++) {
            String usage = usages.get(i);
            if (!USAGES.contains(usage)) {
                causes.add(new Cause("FieldValueNotSupported", "Unsupported value: \"" + usage + "\"",
                        "spec.usages[" + i + "]"));
            } else if (usages.indexOf(usage) < i) {
                causes.add(new Cause("FieldValueDuplicate", "Duplicate value: \"" + usage + "\"",
                        "spec.usages[" + i + "]"));
            }
        }
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return Map.of("spec.signerName", request -> request.spec().text("signerName"));
    }

    @Override
    public boolean expire() {
        return true;
    }

    @Override
    public Optional<Instant> expires(KubeObject request) {
        return Conditions.of(request).stream()
                .flatMap(condition -> Times.parse(condition.text("lastUpdateTime")).stream())
                .map(time -> time.plus(SETTLED)).findFirst()
                .or(() -> request.created().map(time -> time.plus(PENDING)));
    }
}
