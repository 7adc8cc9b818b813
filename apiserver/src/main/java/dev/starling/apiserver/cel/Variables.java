package dev.starling.apiserver.cel;

import java.util.Map;
import java.util.Optional;

/**
 * The values of an evaluation: {@link dev.starling.kube.json.Json}, {@link Authorizing} or {@link Ask}, by the names
 * that were declared. A value is asked for only if the expression needs it, so that it may be computed late.
 */
@FunctionalInterface
public interface Variables {
    Optional<Object> find(String name);

    static Variables of(Map<String, ?> values) {
        var copy = Map.<String, Object>copyOf(values);
        return name -> Optional.ofNullable(copy.get(name));
    }
}
