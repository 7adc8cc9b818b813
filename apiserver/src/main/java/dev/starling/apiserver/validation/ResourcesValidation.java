package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import java.util.Set;

/** Requests and limits of a container. */
final class ResourcesValidation {
    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage");

    private ResourcesValidation() {
    }

    static void check(JsonObject resources, FieldPath path, Findings findings) {
        JsonObject limits = resources.object("limits");
        JsonObject requests = resources.object("requests");
        limits.forEach((name, value) -> amount(name, value, path.child("limits"), findings));
        requests.forEach((name, value) -> {
            FieldPath here = path.child("requests");
            amount(name, value, here, findings);
            if (limits.has(name)) {
                within(name, value, limits.at(name), here, findings);
            } else if (!overcommits(name)) {
                findings.required(path.child("limits"), "Limit must be set for non overcommitable resources");
            }
        });
    }

    private static void amount(String name, Json value, FieldPath path, Findings findings) {
        FieldPath here = path.key(name);
        resourceName(name, path, findings);
        Quantity amount = quantity(value);
        if (amount.compareTo(Quantity.ZERO) < 0) {
            findings.invalid(here, value, "must be greater than or equal to 0");
        }
        boolean whole = name.contains("/") || name.startsWith("hugepages-");
        if (whole && amount.value().stripTrailingZeros().scale() > 0) {
            findings.invalid(here, value, "must be an integer");
        }
    }

    private static void within(String name, Json value, Json limit, FieldPath path, Findings findings) {
        int order = quantity(value).compareTo(quantity(limit));
        if (!overcommits(name) && order != 0) {
            findings.invalid(path, value, "must be equal to " + name + " limit of " + quantity(limit));
        } else if (order > 0) {
            findings.invalid(path, value, "must be less than or equal to " + name + " limit of " + quantity(limit));
        }
    }

    private static boolean overcommits(String name) {
        return STANDARD.contains(name) || name.startsWith("kubernetes.io/");
    }

    private static Quantity quantity(Json value) {
        return Quantity.tryParse(value.text()).orElse(Quantity.ZERO);
    }

    private static void resourceName(String name, FieldPath path, Findings findings) {
        findings.format(path, name, Formats::qualifiedName);
        if (!name.contains("/") && !STANDARD.contains(name) && !name.startsWith("hugepages-")) {
            findings.invalid(path, name, "must be a standard resource for containers");
        }
    }
}
