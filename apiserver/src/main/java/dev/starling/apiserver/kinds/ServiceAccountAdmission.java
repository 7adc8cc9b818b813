package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.AdmissionRequest;
import dev.starling.apiserver.registry.Names;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Each pod runs as a service account, and finds a token of it where clients of Kubernetes look. */
final class ServiceAccountAdmission implements Admission {
    static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String VOLUME_PREFIX = "kube-api-access-";
    /** An hour and a little, so that whoever renews it hourly is not late. */
    private static final int TOKEN_SECONDS = 3607;

    private final RandomGenerator random;

    ServiceAccountAdmission(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public KubeObject admit(AdmissionRequest request) {
        if (!request.creates(Kinds.PODS)) {
            return request.object();
        }
        var pod = named(request.object());
        var account = account(request, pod);
        return automounts(pod, account) ? mounted(withPullSecrets(pod, account)) : withPullSecrets(pod, account);
    }

    private static KubeObject named(KubeObject pod) {
        String given = pod.spec().text("serviceAccountName");
        String deprecated = pod.spec().text("serviceAccount");
        String name = !given.isEmpty() ? given : deprecated.isEmpty() ? "default" : deprecated;
        return pod.with(name, "spec", "serviceAccountName").with(name, "spec", "serviceAccount");
    }

    private static KubeObject account(AdmissionRequest request, KubeObject pod) {
        String namespace = request.key().namespace();
        String name = pod.spec().text("serviceAccountName");
        return request.reader().find(Kinds.SERVICE_ACCOUNTS.key(namespace, name))
                .orElseThrow(() -> ApiException.forbidden("pods", pod.name(), "error looking up service account "
                        + namespace + "/" + name + ": serviceaccount \"" + name + "\" not found"));
    }

    /** The pod's word counts before the account's; silence means yes. */
    private static boolean automounts(KubeObject pod, KubeObject account) {
        var own = pod.spec().at("automountServiceAccountToken");
        var inherited = account.tree().at("automountServiceAccountToken");
        return own.isNull() ? inherited.isNull() || inherited.flag() : own.flag();
    }

    private static KubeObject withPullSecrets(KubeObject pod, KubeObject account) {
        var secrets = account.tree().array("imagePullSecrets");
        boolean inherits = pod.spec().array("imagePullSecrets").isEmpty() && !secrets.isEmpty();
        return inherits ? pod.with(secrets, "spec", "imagePullSecrets") : pod;
    }

    private KubeObject mounted(KubeObject pod) {
        boolean given = pod.spec().array("volumes").objects().stream()
                .anyMatch(volume -> volume.text("name").startsWith(VOLUME_PREFIX));
        if (given) {
            return pod;
        }
        String volume = Names.generated(VOLUME_PREFIX, random);
        var spec = pod.spec();
        for (String list : List.of("initContainers", "containers")) {
            spec = spec.has(list) ? spec.with(list, withMounts(spec.array(list), volume)) : spec;
        }
        return spec.equals(pod.spec()) ? pod
                : pod.with(spec.with("volumes", spec.array("volumes").plus(volume(volume))), "spec");
    }

    private static JsonArray withMounts(JsonArray containers, String volume) {
        var mounted = new ArrayList<Json>();
        for (var container : containers.objects()) {
            var mounts = container.array("volumeMounts");
            boolean taken = mounts.objects().stream().anyMatch(mount -> mount.text("mountPath").equals(MOUNT_PATH));
            mounted.add(taken ? container : container.with("volumeMounts", mounts.plus(
                    JsonObject.of("name", volume, "readOnly", JsonBoolean.TRUE, "mountPath", MOUNT_PATH))));
        }
        return JsonArray.of(mounted);
    }

    private static JsonObject volume(String name) {
        var token = JsonObject.of("serviceAccountToken",
                JsonObject.of("expirationSeconds", TOKEN_SECONDS, "path", "token"));
        var root = JsonObject.of("configMap", JsonObject.of("name", "kube-root-ca.crt",
                "items", List.of(JsonObject.of("key", "ca.crt", "path", "ca.crt"))));
        var namespace = JsonObject.of("downwardAPI", JsonObject.of("items", List.of(JsonObject.of("path", "namespace",
                "fieldRef", JsonObject.of("apiVersion", "v1", "fieldPath", "metadata.namespace")))));
        return JsonObject.of("name", name, "projected",
                JsonObject.of("sources", List.of(token, root, namespace), "defaultMode", 0644));
    }
}
