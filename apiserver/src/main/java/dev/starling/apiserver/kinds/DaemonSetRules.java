package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.kube.object.KubeObject;

/** DaemonSets count the changes of their template in an annotation, which their pods bear as a label. */
final class DaemonSetRules implements KindRules {
    private static final String GENERATION = "deprecated.daemonset.template.generation";

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public boolean hasGeneration() {
        return true;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject set) {
        return counted(Traits.withStatus(set), Math.max(1, generation(set)));
    }

    @Override
    public KubeObject prepareForUpdate(KubeObject before, KubeObject after) {
        boolean same = before.spec().object("template").equals(after.spec().object("template"));
        return counted(after, generation(before) + (same ? 0 : 1));
    }

    private static KubeObject counted(KubeObject set, long generation) {
        return set.with(Long.toString(generation), "metadata", "annotations", GENERATION);
    }

    private static long generation(KubeObject set) {
        String text = set.annotations().getOrDefault(GENERATION, "");
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
