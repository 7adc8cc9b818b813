package dev.starling.control.scheduler;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which Fargate profile a pod belongs to: the alphanumerically first one with a selector that matches the pod's
 * namespace and labels. A pod that already names a profile in its label must match that one. Immutable and pure.
 * Source of the rules: the EKS user guide, "Define which Pods use AWS Fargate when launched".
 */
public final class ProfileSelection {
    /** The label by which a pod tells its profile. */
    public static final String LABEL = "eks.amazonaws.com/fargate-profile";
    /** The most selectors that one profile may have. */
    public static final int MOST_SELECTORS = 5;

    private record Profile(String name, List<Selector> selectors) {
    }

    private record Selector(String namespace, Map<String, String> labels) {
        static Selector from(JsonObject json) {
            return new Selector(json.text("namespace"), json.object("labels").texts());
        }

        boolean matches(String podNamespace, Map<String, String> podLabels) {
            return Wildcard.matches(namespace, podNamespace) && labels.entrySet().stream().allMatch(wanted ->
                    podLabels.entrySet().stream().anyMatch(label -> Wildcard.matches(wanted.getKey(), label.getKey())
                            && Wildcard.matches(wanted.getValue(), label.getValue())));
        }
    }

    private final List<Profile> profiles;

    private ProfileSelection(List<Profile> profiles) {
        this.profiles = profiles;
    }

    /** The selection by these FargateProfile objects, in any order; profiles being deleted select nothing more. */
    public static ProfileSelection of(Collection<KubeObject> profiles) {
        return new ProfileSelection(profiles.stream().filter(profile -> !profile.deleting())
                .sorted(Comparator.comparing(KubeObject::name)).map(ProfileSelection::profile).toList());
    }

    private static Profile profile(KubeObject object) {
        return new Profile(object.name(), object.spec().array("selectors").objects().stream()
                .limit(MOST_SELECTORS).map(Selector::from).toList());
    }

    /** The name of the profile of a pod; nothing if no profile selects it. */
    public Optional<String> select(KubeObject pod) {
        return select(pod.namespace(), pod.labels());
    }

    /** As {@link #select(KubeObject)}, by namespace and labels. */
    public Optional<String> select(String namespace, Map<String, String> labels) {
        var named = Optional.ofNullable(labels.get(LABEL));
        return profiles.stream().filter(profile -> named.isEmpty() || named.get().equals(profile.name()))
                .filter(profile -> profile.selectors().stream().anyMatch(s -> s.matches(namespace, labels)))
                .map(Profile::name).findFirst();
    }
}
