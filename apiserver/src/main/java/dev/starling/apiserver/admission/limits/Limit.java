package dev.starling.apiserver.admission.limits;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One item of a LimitRange (rules and wording: the limit ranger of Kubernetes).
 *
 * @param type Container, Pod or PersistentVolumeClaim
 */
record Limit(String type, Amounts min, Amounts max, Amounts ratio, Amounts defaults, Amounts defaultRequests) {

    static Limit of(JsonObject json) {
        return new Limit(json.text("type"), Amounts.of(json.object("min")), Amounts.of(json.object("max")),
                Amounts.of(json.object("maxLimitRequestRatio")), Amounts.of(json.object("default")),
                Amounts.of(json.object("defaultRequest")));
    }

    /** What a container, pod or claim asks for. */
    record Asked(Amounts requests, Amounts limits) {

        static Asked of(JsonObject resources) {
            return new Asked(Amounts.of(resources.object("requests")), Amounts.of(resources.object("limits")));
        }
    }

    /** What is wrong with what a container or a pod asks for. */
    List<String> violations(Asked asked) {
        var wrong = new ArrayList<String>();
        min.each().forEach((name, least) -> tooLittle(name, least, asked).ifPresent(wrong::add));
        max.each().forEach((name, most) -> tooMuch(name, most, asked).ifPresent(wrong::add));
        ratio.each().forEach((name, most) -> tooFar(name, most, asked).ifPresent(wrong::add));
        return wrong;
    }

    /** What is wrong with what a claim asks for: its requests alone count. */
    List<String> requestViolations(Amounts requests) {
        var wrong = new ArrayList<String>();
        var asked = new Asked(requests, Amounts.NONE);
        min.each().forEach((name, least) -> tooLittle(name, least, asked).ifPresent(wrong::add));
        max.each().forEach((name, most) -> tooMuchRequested(name, most, requests).ifPresent(wrong::add));
        return wrong;
    }

    private String bound(String which, String name, Quantity amount) {
        return which + " " + name + " usage per " + type + " is " + amount;
    }

    private Optional<String> tooLittle(String name, Quantity least, Asked asked) {
        String bound = bound("minimum", name, least);
        if (!asked.requests().has(name)) {
            return Optional.of(bound + ".  No request is specified");
        }
        if (asked.requests().of(name).compareTo(least) < 0) {
            return Optional.of(bound + ", but request is " + asked.requests().of(name));
        }
        return asked.limits().has(name) && asked.limits().of(name).compareTo(least) < 0
                ? Optional.of(bound + ", but limit is " + asked.limits().of(name)) : Optional.empty();
    }

    private Optional<String> tooMuch(String name, Quantity most, Asked asked) {
        String bound = bound("maximum", name, most);
        if (!asked.limits().has(name)) {
            return Optional.of(bound + ".  No limit is specified");
        }
        if (asked.limits().of(name).compareTo(most) > 0) {
            return Optional.of(bound + ", but limit is " + asked.limits().of(name));
        }
        return asked.requests().of(name).compareTo(most) > 0
                ? Optional.of(bound + ", but request is " + asked.requests().of(name)) : Optional.empty();
    }

    private Optional<String> tooMuchRequested(String name, Quantity most, Amounts requests) {
        String bound = bound("maximum", name, most);
        if (!requests.has(name)) {
            return Optional.of(bound + ".  No request is specified");
        }
        return requests.of(name).compareTo(most) > 0
                ? Optional.of(bound + ", but request is " + requests.of(name)) : Optional.empty();
    }

    private Optional<String> tooFar(String name, Quantity most, Asked asked) {
        String bound = name + " max limit to request ratio per " + type + " is " + most;
        if (asked.requests().of(name).equals(Quantity.ZERO)) {
            return Optional.of(bound + ", but no request is specified or request is 0");
        }
        if (asked.limits().of(name).equals(Quantity.ZERO)) {
            return Optional.of(bound + ", but no limit is specified or limit is 0");
        }
        var given = asked.limits().of(name).value().divide(asked.requests().of(name).value(), MathContext.DECIMAL64);
        return given.compareTo(most.value()) > 0
                ? Optional.of(bound + ", but provided ratio is " + String.format(Locale.ROOT, "%f", given))
                : Optional.empty();
    }
}
