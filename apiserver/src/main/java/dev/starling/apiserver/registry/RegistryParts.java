package dev.starling.apiserver.registry;

import dev.starling.apiserver.watch.WatchHub;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.RevisionStore;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a registry is made of.
 *
 * @param admissions in the order in which they see each write, before validation
 * @param gates see each write after validation and may only refuse: quota
 * @param random makes uids and generated names; used from many threads
 */
public record RegistryParts(RevisionStore<KubeObject> store, WatchHub hub, List<Kind> kinds,
        List<ComputedResource> computed, List<Admission> admissions, List<Admission> gates, InstantSource clock,
        RandomGenerator random) {
    public RegistryParts {
        kinds = List.copyOf(kinds);
        computed = List.copyOf(computed);
        admissions = List.copyOf(admissions);
        gates = List.copyOf(gates);
    }
}
