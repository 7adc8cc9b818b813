package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.AdmissionRequest.Operation;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.net.AddressRange;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import java.util.List;
import java.util.Optional;

/** Gives each service its address. What is reserved for a write that fails becomes free again. */
final class ServiceAddressAdmission implements Admission {
    private final ClusterIps addresses;

    ServiceAddressAdmission(ClusterIps addresses) {
        this.addresses = addresses;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        boolean concerns = request.key().type().equals(Kinds.SERVICES) && request.key().subresource().isEmpty()
                && request.operation() != Operation.DELETE;
        return concerns ? addressed(request) : request.object();
    }

    private KubeObject addressed(AdmissionRequest request) {
        var service = request.object();
        if (ServiceRules.isExternal(service)) {
            return unaddressed(service, request.before());
        }
        String wanted = wanted(service, request.before());
        if (wanted.equals("None")) {
            return ServiceRules.addressed(service, "None");
        }
        return ServiceRules.addressed(service, wanted.isEmpty() ? any(request) : named(request, wanted));
    }

    /** A service that becomes external loses the address that the update repeats. */
    private static KubeObject unaddressed(KubeObject service, Optional<KubeObject> before) {
        boolean repeats = before.filter(old -> !ServiceRules.isExternal(old)
                && old.spec().text("clusterIP").equals(service.spec().text("clusterIP"))).isPresent();
        return repeats ? service.without("spec", "clusterIP").without("spec", "clusterIPs")
                .without("spec", "ipFamilies").without("spec", "ipFamilyPolicy") : service;
    }

    /** An update that names no address keeps the old one. */
    private static String wanted(KubeObject service, Optional<KubeObject> before) {
        String first = service.spec().array("clusterIPs").at(0).text();
        String named = service.spec().text("clusterIP").isEmpty() ? first : service.spec().text("clusterIP");
        return named.isEmpty() ? before.map(old -> old.spec().text("clusterIP")).orElse("") : named;
    }

    private String any(AdmissionRequest request) {
        String owner = request.object().uid();
        String address = addresses.reserve(owner)
                .orElseThrow(() -> ApiException.internal("failed to allocate a serviceIP: range is full"));
        follow(request, owner, address);
        return address;
    }

    /** Until it is known what becomes of this write. */
    private void follow(AdmissionRequest request, String owner, String address) {
        var undo = request.circumstances().undo();
        undo.unlessCommitted(() -> addresses.settle(owner, address));
        undo.onceCommitted(() -> addresses.settle(owner, address));
    }

    private String named(AdmissionRequest request, String wanted) {
        String owner = request.object().uid();
        var address = AddressRange.number(wanted);
        if (address.isEmpty()) {
            throw refused(request.object(), wanted, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
        boolean kept = request.before().filter(old -> old.spec().text("clusterIP").equals(wanted)).isPresent();
        if (kept) {
            return wanted;
        }
        if (!addresses.contains(address.get())) {
            throw refused(request.object(), wanted, "failed to allocate IP " + wanted + ": the provided IP (" + wanted
                    + ") is not in the valid range. The range of valid IPs is " + addresses.range());
        }
        if (!addresses.reserve(owner, address.get())) {
            throw refused(request.object(), wanted, "failed to allocate IP " + wanted
                    + ": provided IP is already allocated");
        }
        follow(request, owner, wanted);
        return wanted;
    }

    private static ApiException refused(KubeObject service, String address, String why) {
        return ApiException.invalid("", "Service", service.name(), List.of(new Cause("FieldValueInvalid",
                "Invalid value: [\"" + address + "\"]: " + why, "spec.clusterIPs")));
    }
}
