package dev.starling.apiserver.custom;

import dev.starling.apiserver.registry.Conversion;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.kube.object.KubeObject;

/**
 * Between versions that differ in their name alone. What is read has the defaults of today's schema, whenever it was
 * stored.
 */
record CustomConversion(String served, String stored, KindSchema schema) implements Conversion {
    @Override
    public KubeObject stored(KubeObject object) {
        return in(stored, object);
    }

    @Override
    public KubeObject served(KubeObject object) {
        var versioned = in(served, object);
        var tree = schema.defaulted(versioned.tree());
        return tree == versioned.tree() ? versioned : KubeObject.of(tree);
    }

    @Override
    public boolean outdated(KubeObject object) {
        return !object.apiVersion().equals(stored);
    }

    static KubeObject in(String apiVersion, KubeObject object) {
        return object.apiVersion().equals(apiVersion) ? object : object.with(apiVersion, "apiVersion");
    }
}
