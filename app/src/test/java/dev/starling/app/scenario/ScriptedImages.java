package dev.starling.app.scenario;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What the program in an image does: an image runs for ever unless the test says for how long, and how it ends. */
final class ScriptedImages implements Admission {
    private record End(Duration runFor, int exitCode) {
    }

    private final Map<String, End> ends = new HashMap<>();

    /** Every container of this image ends after that time. */
    void end(String image, Duration runFor, int exitCode) {
        ends.put(image, new End(runFor, exitCode));
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        var object = request.object();
        String image = object.spec().array("containers").at(0).object().text("image");
        if (!request.creates(Kinds.PODS) || !ends.containsKey(image)) {
            return object;
        }
        var end = ends.get(image);
        return object.with(end.runFor().toSeconds() + "s", "metadata", "annotations",
                        "simulation.starling.dev/run-for")
                .with(Integer.toString(end.exitCode()), "metadata", "annotations",
                        "simulation.starling.dev/exit-code");
    }
}
