package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.admission.amount.Amounts;
import dev.starling.apiserver.admission.quota.Account.View;
import dev.starling.apiserver.admission.quota.Account.Write;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets nothing pass that would use more than a ResourceQuota of its namespace allows (wording and rules: the quota
 * admission of Kubernetes). A quota limits from the moment it is stored. Without quotas it costs one look.
 */
final class QuotaGate implements Admission {
    private static final Set<Counted> GROWING = Set.of(Counted.SERVICES, Counted.CLAIMS);

    private final Ledger ledger;

    QuotaGate(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var counted = Counted.of(request.key().type());
        if (concerns(request, counted)) {
            var quotas = Quota.in(request.key().namespace(), request.reader()).stream()
                    .filter(quota -> !quota.hardOn(counted).isEmpty()).toList();
            if (!quotas.isEmpty()) {
                charge(request, counted, quotas);
            }
        }
        return request.object();
    }

    private static boolean concerns(AdmissionRequest request, Counted counted) {
        String sub = request.key().subresource();
        if (!request.key().type().namespaced()) {
            return false;
        }
        return switch (request.operation()) {
            case CREATE -> sub.isEmpty();
            case UPDATE -> sub.isEmpty() && GROWING.contains(counted)
                    || sub.equals("resize") && counted.equals(Counted.PODS);
            case DELETE, CONNECT -> false;
        };
    }

    private void charge(AdmissionRequest request, Counted counted, List<Quota> quotas) {
        var after = Item.of(counted, request.object());
        var before = request.before().map(object -> Item.of(counted, object)).orElse(Item.NOTHING);
        var matching = quotas.stream().filter(quota -> !after.within(quota.scopes()).isEmpty()).toList();
        matching.forEach(quota -> checkSaid(request, counted, quota));
        if (matching.isEmpty()) {
            return;
        }
        long revision = request.before().map(object -> Long.parseLong(object.resourceVersion())).orElse(0L);
        var write = new Write(request.object().uid(), revision, before, after);
        var account = ledger.account(counted, request.key().namespace());
        var reservation = account.locked(view -> {
            matching.forEach(quota -> exceeded(quota.hardOn(counted), quota, write, view).ifPresent(why -> {
                throw refused(request, why);
            }));
            return view.reserve(write);
        });
        request.circumstances().undo().unlessCommitted(reservation::drop);
        request.circumstances().undo().onceCommitted(reservation::settle);
    }

    private static void checkSaid(AdmissionRequest request, Counted counted, Quota quota) {
        if (counted.equals(Counted.PODS) && request.operation() == Operation.CREATE) {
            String unsaid = PodUsage.unsaid(request.object(), quota.hard().each().keySet());
            if (!unsaid.isEmpty()) {
                throw refused(request, "failed quota: " + quota.name() + ": must specify " + unsaid);
            }
        }
    }

    /** Why a write would be too much for a quota. */
    private static Optional<String> exceeded(Amounts hard, Quota quota, Write write, View view) {
        var more = write.after().within(quota.scopes()).minus(write.before().within(quota.scopes())).positive()
                .only(hard.each()::containsKey);
        if (more.isEmpty()) {
            return Optional.empty();
        }
        var used = view.used(quota.scopes());
        var over = more.plus(more.asIn(used)).over(hard);
        return over.isEmpty() ? Optional.empty() : Optional.of("exceeded quota: " + quota.name()
                + ", requested: " + over.asIn(more) + ", used: " + over.asIn(used)
                + ", limited: " + over.asIn(hard));
    }

    private static ApiException refused(AdmissionRequest request, String why) {
        return ApiException.forbidden(request.key().type().qualifiedPlural(), request.key().name(), why);
    }
}
