package dev.starling.apiserver.custom;

import dev.starling.apiserver.kinds.ScaleFields;
import dev.starling.apiserver.table.JsonPath;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** The replicas of a custom kind, at the fields that its definition names. */
final class CustomScale implements ScaleFields {
    private final List<String> specReplicas;
    private final List<String> statusReplicas;
    private final List<String> selector;
    private final String specPath;

    CustomScale(JsonObject paths) {
        this.specPath = paths.text("specReplicasPath");
        this.specReplicas = JsonPath.parse(specPath).fields();
        this.statusReplicas = JsonPath.parse(paths.text("statusReplicasPath")).fields();
        this.selector = paths.text("labelSelectorPath").isEmpty() ? List.of()
                : JsonPath.parse(paths.text("labelSelectorPath")).fields();
    }

    @Override
    public List<String> path() {
        return specReplicas;
    }

    @Override
    public long wanted(KubeObject owner) {
        Json replicas = at(owner, specReplicas);
        if (replicas.isNull()) {
            throw ApiException.internal("the spec replicas field \"" + specPath + "\" does not exist");
        }
        return replicas.number(0);
    }

    @Override
    public long observed(KubeObject owner) {
        return at(owner, statusReplicas).number(0);
    }

    @Override
    public String selector(KubeObject owner) {
        return selector.isEmpty() ? "" : at(owner, selector).text();
    }

    private static Json at(KubeObject owner, List<String> path) {
        return owner.tree().at(path.toArray(String[]::new));
    }
}
