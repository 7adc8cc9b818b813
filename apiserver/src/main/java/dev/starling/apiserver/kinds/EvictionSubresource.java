package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Subresource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.DeleteOptions;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * {@code eviction} deletes a pod, if the budget that protects it allows, and has the pod say why it goes. Source:
 * {@code pkg/registry/core/pod/storage/eviction.go}.
 */
final class EvictionSubresource implements Subresource {
    private static final int MOST_TRIES = 20;
    private static final Set<String> TERMINAL = Set.of("Succeeded", "Failed");

    private final DisruptionBudgets budgets;
    private final InstantSource clock;

    EvictionSubresource(InstantSource clock) {
        this.budgets = new DisruptionBudgets(clock);
        this.clock = clock;
    }

    @Override
    public KubeObject create(Call call, KubeObject eviction) {
        if (!eviction.name().equals(call.key().name())) {
            throw ApiException.badRequest("name in URL does not match name in Eviction object");
        }
        var asked = eviction.tree().object("deleteOptions");
        var options = options(asked, dryRun(asked) || call.options().dryRun());
        var pod = call.owner();
        for (int i = 0; unprotected(pod); i++) {
            if (evicted(call, pod, options, i)) {
                return Answers.SUCCESS;
            }
            pod = call.owner();
        }
        evictProtected(call, pod, options);
        return Answers.SUCCESS;
    }

    /** A pod that has not begun, has ended or goes already serves nobody: no budget counts it. */
    private static boolean unprotected(KubeObject pod) {
        return pod.deleting() || pod.status().text("phase").equals("Pending") || ended(pod);
    }

    private static boolean ended(KubeObject pod) {
        return TERMINAL.contains(pod.status().text("phase"));
    }

    /**
     * Evicts a pod that no budget protects. One that waits for its start must not become ready meanwhile.
     *
     * @return false if it changed meanwhile, so that it is to be looked at again
     */
    private boolean evicted(Call call, KubeObject pod, DeleteOptions options, int tries) {
        boolean guarded = options.resourceVersion().isEmpty() && !ended(pod) && !pod.deleting();
        try {
            delete(call, guarded ? options.withResourceVersion(pod.resourceVersion()) : options);
            return true;
        } catch (ApiException e) {
            if (!e.is(Reason.CONFLICT) || options.resourceVersion().isPresent() || tries >= MOST_TRIES) {
                throw e;
            }
            return false;
        }
    }

    private void evictProtected(Call call, KubeObject pod, DeleteOptions options) {
        var leave = budgets.spend(call, pod, options.dryRun());
        boolean guarded = leave.unready() && options.resourceVersion().isEmpty();
        try {
            delete(call, guarded ? options.withResourceVersion(pod.resourceVersion()) : options);
        } catch (ApiException e) {
            if (e.is(Reason.CONFLICT) && guarded) {
                throw DisruptionBudgets.busy(leave.budget());
            }
            throw e;
        }
    }

    /** The pod says first why it goes; both steps hold only for the pod that the preconditions name. */
    private void delete(Call call, DeleteOptions options) {
        if (options.dryRun()) {
            call.registry().delete(call.request(), call.key().whole(), options);
            return;
        }
        var told = call.registry().change(call.request(), call.key(), pod -> {
            require(call, options.uid(), pod.uid(), "UID", "deleted and then recreated");
            require(call, options.resourceVersion(), pod.resourceVersion(), "ResourceVersion", "modified");
            return Disruption.told(pod, clock.instant());
        }, WriteOptions.DEFAULT);
        call.registry().delete(call.request(), call.key().whole(), options.resourceVersion().isEmpty() ? options
                : options.withResourceVersion(told.resourceVersion()));
    }

    private static void require(Call call, Optional<String> wanted, String found, String what, String fate) {
        if (wanted.filter(value -> !value.equals(found)).isPresent()) {
            throw ApiException.conflict(call.key().type().qualifiedPlural(), call.key().name(), "the " + what
                    + " in the precondition (" + wanted.get() + ") does not match the " + what + " in record (" + found
                    + "). The object might have been " + fate);
        }
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
