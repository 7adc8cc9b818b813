package dev.starling.control.garbage;

import dev.starling.kube.api.DeleteOptions.Propagation;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.OwnerReference;
import java.util.List;

/** What becomes of an object that has owners. */
sealed interface Verdict {

    /** How an owner stands to what it owns. */
    enum Owner {
        /** It lives, or goes without waiting for what it owns. */
        LIVING,
        /** It waits for what it owns to go first. */
        WAITING,
        /** There is none, or another object has its name. */
        GONE
    }

    /** It stays as it is. */
    record Keep() implements Verdict {
    }

    /** It stays, because another owner holds it, but forgets these. */
    record Forget(List<String> uids) implements Verdict {
    }

    /** Nobody holds it: it goes. */
    record Delete(Propagation propagation) implements Verdict {
    }

    /**
     * Judges an object. Pure.
     *
     * @param owners how each owner reference stands, in their order
     * @param hasDependents whether it owns something itself
     */
    static Verdict of(KubeObject object, List<Owner> owners, boolean hasDependents) {
        var references = object.owners();
        if (references.isEmpty() || object.deleting()) {
            return new Keep();
        }
        if (owners.contains(Owner.LIVING)) {
            var forget = references.stream().filter(r -> owners.get(references.indexOf(r)) != Owner.LIVING)
                    .map(OwnerReference::uid).toList();
            return forget.isEmpty() ? new Keep() : new Forget(forget);
        }
        if (owners.contains(Owner.WAITING) && hasDependents) {
            return new Delete(Propagation.FOREGROUND);
        }
        if (object.finalizers().contains(Finalizers.ORPHAN)) {
            return new Delete(Propagation.ORPHAN);
        }
        return new Delete(object.finalizers().contains(Finalizers.FOREGROUND)
                ? Propagation.FOREGROUND : Propagation.BACKGROUND);
    }
}
