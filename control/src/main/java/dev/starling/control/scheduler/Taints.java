package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The taints of one node. Immutable. */
record Taints(List<Taint> all) {
    /** Taints by which virtual nodes keep off pods that were not meant for them: a profile overrules these. */
    private static final Set<String> OF_VIRTUAL_NODES =
            Set.of("virtual-kubelet.io/provider", "eks.amazonaws.com/compute-type");
    private static final Set<String> REPELLING = Set.of("NoSchedule", "NoExecute");
    private static final Set<String> EXPELLING = Set.of("NoExecute");

    record Taint(String key, String value, String effect) {
        static Taint from(JsonObject json) {
            return new Taint(json.text("key"), json.text("value"), json.text("effect"));
        }
    }

    /** What a pod lets pass. */
    record Tolerations(List<Toleration> all) {
        private static final Taint UNSCHEDULABLE = new Taint("node.kubernetes.io/unschedulable", "", "NoSchedule");

        static Tolerations of(JsonArray tolerations) {
            return new Tolerations(tolerations.objects().stream().map(Toleration::from).toList());
        }

        boolean tolerate(Taint taint) {
            for (var toleration : all) {
                if (toleration.tolerates(taint)) {
                    return true;
                }
            }
            return false;
        }

        /** Whether a pod may go to a node that is cordoned. */
        boolean tolerateUnschedulable() {
            return tolerate(UNSCHEDULABLE);
        }
    }

    record Toleration(String key, boolean exists, String value, String effect) {
        static Toleration from(JsonObject json) {
            return new Toleration(json.text("key"), json.text("operator").equals("Exists"), json.text("value"),
                    json.text("effect"));
        }

        boolean tolerates(Taint taint) {
            return (effect.isEmpty() || effect.equals(taint.effect())) && (key.isEmpty() && exists
                    || key.equals(taint.key())) && (exists || value.equals(taint.value()));
        }
    }

    Taints {
        all = List.copyOf(all);
    }

    static Taints of(JsonArray taints) {
        return new Taints(taints.objects().stream().map(Taint::from).toList());
    }

    /** The first taint that keeps a pod off; a pod that a Fargate profile selects may go to virtual nodes. */
    Optional<Taint> repelling(Tolerations tolerations, boolean selected) {
        return untolerated(tolerations, selected, REPELLING);
    }

    /** The first taint that drives a pod away that is there already. */
    Optional<Taint> expelling(Tolerations tolerations, boolean selected) {
        return untolerated(tolerations, selected, EXPELLING);
    }

    private Optional<Taint> untolerated(Tolerations tolerations, boolean selected, Set<String> effects) {
        for (var taint : all) {
            if (effects.contains(taint.effect()) && !(selected && OF_VIRTUAL_NODES.contains(taint.key()))
                    && !tolerations.tolerate(taint)) {
                return Optional.of(taint);
            }
        }
        return Optional.empty();
    }

    /** How many taints would rather not have the pod. */
    long discouraging(Tolerations tolerations) {
        return all.stream().filter(taint -> taint.effect().equals("PreferNoSchedule"))
                .filter(taint -> !tolerations.tolerate(taint)).count();
    }
}
