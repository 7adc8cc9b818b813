package dev.starling.apiserver.admission.hook;

import dev.starling.apiserver.admission.expression.Conditions;
import dev.starling.apiserver.admission.match.Matching;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Duration;
import java.util.List;

/**
 * One webhook of a configuration.
 *
 * @param uid of this webhook among all: its configuration and its name
 * @param client where it listens, as it was configured; wrong settings fail the call, not the server
 */
record Hook(String uid, String name, Matching matching, Conditions conditions, JsonObject client,
        Settings settings) {

    /**
     * How it is called.
     *
     * @param ignores whether a call that fails is as if there had been none
     * @param pure whether a call without consequences has none
     * @param repeats whether it wants to see what others changed after it
     */
    record Settings(boolean ignores, Duration most, boolean pure, boolean repeats, String version) {

        static Settings of(JsonObject json) {
            String effects = json.text("sideEffects");
            var versions = json.array("admissionReviewVersions").texts();
            return new Settings(json.text("failurePolicy").equals("Ignore"),
                    Duration.ofSeconds(json.at("timeoutSeconds").number(DEFAULT_SECONDS)),
                    effects.equals("None") || effects.equals("NoneOnDryRun"),
                    json.text("reinvocationPolicy").equals("IfNeeded"),
                    versions.contains("v1") || versions.isEmpty() ? "v1" : versions.getFirst());
        }
    }

    private static final int DEFAULT_SECONDS = 10;

    /** The name of its configuration. */
    String configuration() {
        return uid.substring(0, uid.length() - name.length() - 1);
    }

    static List<Hook> of(KubeObject configuration) {
        return configuration.tree().array("webhooks").objects().stream()
                .map(json -> new Hook(configuration.name() + "/" + json.text("name"), json.text("name"),
                        Matching.ofWebhook(json), new Conditions(json.array("matchConditions")),
                        json.object("clientConfig"), Settings.of(json)))
                .toList();
    }
}
