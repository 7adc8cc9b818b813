package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.NameRule;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** APIServices are named by what they serve, so that there is one for each version: {@code v1.apps}, {@code v1.}. */
final class ApiServiceRules implements KindRules {

    @Override
    public boolean hasStatus() {
        return true;
    }

    @Override
    public boolean statusWritesMetadata() {
        return false;
    }

    @Override
    public NameRule nameRule() {
        return NameRule.PATH_SEGMENT;
    }

    @Override
    public List<Cause> validate(KubeObject service) {
        String named = service.spec().text("version") + "." + service.spec().text("group");
        return named.equals(service.name()) ? List.of() : List.of(new Cause("FieldValueInvalid", "Invalid value: \""
                + service.name() + "\": must be `spec.version+\".\"+spec.group`: \"" + named + "\"", "metadata.name"));
    }
}
