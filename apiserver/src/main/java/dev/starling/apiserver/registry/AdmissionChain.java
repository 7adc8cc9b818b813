package dev.starling.apiserver.registry;

import java.util.List;

/**
 * All stations of a write in their order: those that may change the object before it is validated, and the gates that
 * may only refuse afterwards.
 */
final class AdmissionChain {
    private final List<Admission> admissions;
    private final List<Admission> gates;

    AdmissionChain(List<Admission> admissions, List<Admission> gates) {
        this.admissions = List.copyOf(admissions);
        this.gates = List.copyOf(gates);
    }

    /** The request with the object that the admissions leave; they see it twice if a webhook changes it. */
    AdmissionRequest admitted(AdmissionRequest request) {
        var once = passed(request);
        return request.circumstances().passes().next() ? passed(once) : once;
    }

    private AdmissionRequest passed(AdmissionRequest request) {
        var here = request;
        for (var admission : admissions) {
            here = here.with(admission.admit(here));
        }
        return here;
    }

    /** Asks the gates about what is to be stored. */
    void pass(AdmissionRequest request) {
        gates.forEach(gate -> gate.admit(request));
    }

    /** Both, for what is not validated between: deletions, connections, and the bodies of subresources. */
    AdmissionRequest through(AdmissionRequest request) {
        var admitted = admitted(request);
        pass(admitted);
        return admitted;
    }
}
