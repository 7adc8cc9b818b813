package dev.starling.apiserver.admission.amount;

import dev.starling.kube.object.KubeObject;
import java.util.TreeMap;

/** What a pod as a whole asks for (source: Kubernetes' resource helpers, KEP-753, KEP-688, KEP-2837). */
public final class PodAmounts {
    private PodAmounts() {
    }

    /**
     * The sum over containers and sidecars, or the greediest moment of the initialization; amounts of the whole pod
     * stand for the sums where they are given.
     *
     * @param part {@code requests} or {@code limits}
     */
    public static Amounts asked(KubeObject pod, String part) {
        var running = Amounts.NONE;
        for (var container : pod.spec().array("containers").objects()) {
            running = running.plus(Amounts.of(container.object("resources", part)));
        }
        var sidecars = Amounts.NONE;
        var starting = Amounts.NONE;
        for (var container : pod.spec().array("initContainers").objects()) {
            var own = Amounts.of(container.object("resources", part));
            if (container.text("restartPolicy").equals("Always")) {
                sidecars = sidecars.plus(own);
                starting = starting.max(sidecars);
            } else {
                starting = starting.max(sidecars.plus(own));
            }
        }
        var whole = new TreeMap<>(running.plus(sidecars).max(starting).each());
        whole.putAll(Amounts.of(pod.spec().object("resources", part)).each());
        return new Amounts(whole);
    }

    /** With what the runtime class takes beside; a limit grows only where there is one. */
    public static Amounts withOverhead(KubeObject pod, String part) {
        var asked = asked(pod, part);
        var overhead = Amounts.of(pod.spec().object("overhead"));
        return asked.plus(part.equals("limits") ? overhead.only(asked::has) : overhead);
    }
}
