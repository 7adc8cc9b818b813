package dev.starling.apiserver.custom;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.table.JsonPath;
import dev.starling.apiserver.table.Layout;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.object.KubeObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** The rules of one version of a custom kind, as its definition tells them. */
final class CustomRules implements KindRules {
    private final boolean hasStatus;
    private final Optional<Layout> layout;
    private final Map<String, Function<KubeObject, String>> selectable;
    private final AtomicBoolean terminating;
    private final String listKind;
    private final String deprecation;

    /** @param terminating whether the definition is on its way out */
    CustomRules(Definition definition, Definition.Version version, AtomicBoolean terminating) {
        this.listKind = definition.names().listKind();
        this.deprecation = deprecation(definition, version);
        this.hasStatus = version.hasStatus();
        this.layout = Optional.of(CustomColumns.layout(version.columns()));
        this.terminating = terminating;
        var fields = new LinkedHashMap<String, Function<KubeObject, String>>();
        for (String path : version.selectableFields()) {
            var parsed = JsonPath.parse(path);
            fields.put(path.startsWith(".") ? path.substring(1) : path, object -> parsed.text(object.tree()));
        }
        this.selectable = Map.copyOf(fields);
    }

    private static String deprecation(Definition definition, Definition.Version version) {
        if (!version.json().flag("deprecated")) {
            return "";
        }
        String own = version.json().text("deprecationWarning");
        return own.isEmpty() ? definition.group() + "/" + version.name() + " " + definition.names().kind()
                + " is deprecated" : own;
    }

    @Override
    public String listKind() {
        return listKind;
    }

    @Override
    public String deprecation() {
        return deprecation;
    }

    @Override
    public boolean hasStatus() {
        return hasStatus;
    }

    @Override
    public boolean statusWritesMetadata() {
        return false;
    }

    @Override
    public boolean hasGeneration() {
        return true;
    }

    /** Without the subresource a status is a field like any other. */
    @Override
    public boolean asksForMore(KubeObject before, KubeObject after) {
        return hasStatus ? KindRules.super.asksForMore(before, after)
                : !before.tree().without("metadata").equals(after.tree().without("metadata"));
    }

    @Override
    public boolean updatesUnconditionally() {
        return false;
    }

    @Override
    public KubeObject prepareForCreate(KubeObject object) {
        if (terminating.get()) {
            throw new ApiException(ApiException.Reason.METHOD_NOT_ALLOWED,
                    "create not allowed while custom resource definition is terminating");
        }
        return object;
    }

    @Override
    public Map<String, Function<KubeObject, String>> selectable() {
        return selectable;
    }

    @Override
    public Optional<Layout> layout() {
        return layout;
    }
}
