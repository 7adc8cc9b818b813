package dev.starling.apiserver.admission.quota;

import dev.starling.apiserver.registry.StoreKeys;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.Optional;
import java.util.Set;

/** Objects that quotas count together: those of one group and plural name, in whatever version. */
record Counted(String group, String plural) {
    static final Counted PODS = of(Kinds.PODS);
    static final Counted SERVICES = of(Kinds.SERVICES);
    static final Counted CLAIMS = of(Kinds.PERSISTENT_VOLUME_CLAIMS);
    static final String COUNT = "count/";
    static final String OF_CLASS = ".storageclass.storage.k8s.io/";

    /** Kinds that may be counted by their plain names. */
    private static final Set<String> PLAIN = Set.of("configmaps", "persistentvolumeclaims", "replicationcontrollers",
            "resourcequotas", "secrets", "services");

    static Counted of(ResourceType type) {
        return new Counted(type.group(), type.plural());
    }

    /** Whose objects use up a resource of a quota (source: the quota evaluators of Kubernetes). */
    static Optional<Counted> users(String resource) {
        if (resource.startsWith(COUNT)) {
            String name = resource.substring(COUNT.length());
            int dot = name.indexOf('.');
            return Optional.of(dot < 0 ? new Counted("", name)
                    : new Counted(name.substring(dot + 1), name.substring(0, dot)));
        }
        if (PLAIN.contains(resource)) {
            return Optional.of(new Counted("", resource));
        }
        if (resource.startsWith("services.")) {
            return Optional.of(SERVICES);
        }
        if (resource.equals("requests.storage") || resource.contains(OF_CLASS)) {
            return Optional.of(CLAIMS);
        }
        return PodUsage.isCharged(resource) ? Optional.of(PODS) : Optional.empty();
    }

    /** {@code count/deployments.apps}. */
    String countName() {
        return COUNT + (group.isEmpty() ? plural : plural + "." + group);
    }

    /** Where those of a namespace lie in the store. */
    String prefix(String namespace) {
        return StoreKeys.prefix(new ResourceType(group, "", plural, "", true), namespace);
    }
}
