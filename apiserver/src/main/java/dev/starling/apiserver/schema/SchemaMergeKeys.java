package dev.starling.apiserver.schema;

import dev.starling.kube.patch.MergeKeys;
import java.util.List;
import java.util.Optional;

/** A schema as strategic merge patches look at it. */
record SchemaMergeKeys(Schema schema) implements MergeKeys {

    @Override
    public MergeKeys field(String name) {
        return schema.property(name).or(schema::additional).map(SchemaMergeKeys::of).orElse(NONE);
    }

    @Override
    public MergeKeys element() {
        return schema.items().map(SchemaMergeKeys::of).orElse(NONE);
    }

    private static MergeKeys of(Schema schema) {
        return new SchemaMergeKeys(schema);
    }

    @Override
    public Strategy strategy() {
        List<String> strategies = schema.patchStrategies();
        if (strategies.contains("merge")) {
            return Strategy.MERGE;
        }
        return strategies.contains("replace") ? Strategy.REPLACE : Strategy.UNSET;
    }

    @Override
    public Optional<String> mergeKey() {
        return Optional.of(schema.patchMergeKey()).filter(key -> !key.isEmpty());
    }

    @Override
    public boolean retainsKeys() {
        return schema.patchStrategies().contains("retainKeys");
    }
}
