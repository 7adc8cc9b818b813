package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.NameRule;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The rules of a kind that differs from others in plain facts only. */
record Traits(Set<Fact> facts, Map<String, Function<KubeObject, String>> selectable, String deprecation)
        implements KindRules {
    static final Traits PLAIN = new Traits(Set.of(), Map.of(), "");

    /** What may hold of a kind. */
    enum Fact {
        STATUS, STATUS_ALONE, GENERATION, CREATED_ON_UPDATE, UPDATED_CONDITIONALLY, NAMED_FREELY, ORPHANS
    }

    Traits {
        facts = Set.copyOf(facts);
        selectable = Map.copyOf(selectable);
    }

    private Traits plus(Fact fact) {
        var all = EnumSet.of(fact);
        all.addAll(facts);
        return new Traits(all, selectable, deprecation);
    }

    Traits withStatus() {
        return plus(Fact.STATUS);
    }

    /** Writes of the status leave the metadata as it is. */
    Traits withStatusAlone() {
        return withStatus().plus(Fact.STATUS_ALONE);
    }

    Traits withGeneration() {
        return plus(Fact.GENERATION);
    }

    Traits creatingOnUpdate() {
        return plus(Fact.CREATED_ON_UPDATE);
    }

    Traits updatingConditionally() {
        return plus(Fact.UPDATED_CONDITIONALLY);
    }

    /** Nobody looks at a name beyond what a path can hold. */
    Traits namedFreely() {
        return plus(Fact.NAMED_FREELY);
    }

    /** What it owns outlives it, unless a deletion says otherwise. */
    Traits orphaning() {
        return plus(Fact.ORPHANS);
    }

    /** Field selectors may name the texts and numbers at these paths. */
    Traits selectableBy(String... paths) {
        return new Traits(facts, Fields.at(paths), deprecation);
    }

    /** Every use is warned of. */
    Traits deprecated(String warning) {
        return new Traits(facts, selectable, warning);
    }

    @Override
    public boolean hasStatus() {
        return facts.contains(Fact.STATUS);
    }

    @Override
    public boolean statusWritesMetadata() {
        return !facts.contains(Fact.STATUS_ALONE);
    }

    @Override
    public boolean hasGeneration() {
        return facts.contains(Fact.GENERATION);
    }

    @Override
    public KubeObject prepareForCreate(KubeObject object) {
        return hasStatus() ? withStatus(object) : object;
    }

    /** The object with a status, though an empty one, as clients are used to from the first answer on. */
    static KubeObject withStatus(KubeObject object) {
        return object.tree().has("status") ? object : object.with(JsonObject.EMPTY, "status");
    }

    @Override
    public boolean createsOnUpdate() {
        return facts.contains(Fact.CREATED_ON_UPDATE);
    }

    @Override
    public NameRule nameRule() {
        return facts.contains(Fact.NAMED_FREELY) ? NameRule.PATH_SEGMENT : NameRule.SUBDOMAIN;
    }

    @Override
    public boolean orphansByDefault() {
        return facts.contains(Fact.ORPHANS);
    }

    @Override
    public boolean updatesUnconditionally() {
        return !facts.contains(Fact.UPDATED_CONDITIONALLY);
    }
}
