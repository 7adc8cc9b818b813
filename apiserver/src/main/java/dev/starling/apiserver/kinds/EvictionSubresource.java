package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Subresource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code eviction} deletes a pod, if the budget that protects it allows. */
final class EvictionSubresource implements Subresource {
    private final DisruptionBudgets budgets;

    EvictionSubresource(DisruptionBudgets budgets) {
        this.budgets = budgets;
    }

    @Override
    public KubeObject create(Call call, KubeObject eviction) {
        if (!eviction.name().isEmpty() && !eviction.name().equals(call.key().name())) {
            throw ApiException.badRequest("name in URL does not match name in Eviction object: "
                    + call.key().name() + ", " + eviction.name());
        }
        var asked = eviction.tree().object("deleteOptions");
        boolean dryRun = dryRun(asked) || call.options().dryRun();
        budgets.spend(call, dryRun);
        call.registry().delete(call.request(), call.key().whole(), options(asked, dryRun));
        return Answers.SUCCESS;
    }

    /** {@code kubectl drain --dry-run=server} says so here alone, not in the query. */
    private static boolean dryRun(JsonObject asked) {
        var values = asked.array("dryRun").texts();
        if (values.stream().anyMatch(value -> !value.equals("All"))) {
            throw ApiException.invalid("policy", "Eviction", "", List.of(new ApiException.Cause(
                    "FieldValueNotSupported", "Unsupported value: " + JsonArray.strings(values)
                            + ": supported values: \"All\"", "deleteOptions.dryRun")));
        }
        return !values.isEmpty();
    }

    private static DeleteOptions options(JsonObject json, boolean dryRun) {
        var grace = json.at("gracePeriodSeconds") instanceof JsonLong(long seconds)
                ? OptionalLong.of(seconds) : OptionalLong.empty();
        var uid = Optional.of(json.text("preconditions", "uid")).filter(text -> !text.isEmpty());
        var version = Optional.of(json.text("preconditions", "resourceVersion")).filter(text -> !text.isEmpty());
        return new DeleteOptions(grace, Optional.empty(), uid, version, dryRun);
    }
}
