package dev.starling.schemas;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which package owns which model class. The library's flat names lose the package, so a package owns what it claims
 * and then, in the order given, whatever its types refer to and nobody owns yet.
 */
final class Ownership {
    private final Map<String, Facts> owners = new LinkedHashMap<>();
    private final Map<String, String> upstreamNames = new LinkedHashMap<>();

    Ownership(List<Facts> tables) {
        for (Facts table : tables) {
            for (String type : table.claimed()) {
                own(className(table, type), type, table);
            }
        }
        tables.forEach(this::follow);
    }

    private void own(String className, String type, Facts table) {
        Facts before = owners.putIfAbsent(className, table);
        if (before != null && before != table) {
            throw new IllegalStateException(className + " is claimed by " + before.name() + " and " + table.name());
        }
        upstreamNames.put(className, table.packageName() + "." + type);
    }

    /** The library puts a group's name before a type's that occurs in several groups. */
    private static String className(Facts table, String type) {
        String version = table.version().substring(0, 1).toUpperCase() + table.version().substring(1);
        String plain = version + type;
        if (ModelClass.exists(plain)) {
            return plain;
        }
        String[] parts = table.packageName().split("\\.");
        String group = parts[parts.length - 2];
        String prefixed = group.substring(0, 1).toUpperCase() + group.substring(1) + plain;
        if (ModelClass.exists(prefixed)) {
            return prefixed;
        }
        throw new IllegalStateException(table.name() + " claims " + type + ", which the library does not have");
    }

    private void follow(Facts table) {
        Deque<String> open = new ArrayDeque<>();
        owners.forEach((className, owner) -> {
            if (owner == table) {
                open.add(className);
            }
        });
        while (!open.isEmpty()) {
            for (String reference : ModelClass.of(open.remove()).references()) {
                if (!owners.containsKey(reference)) {
                    own(reference, reference.replaceFirst("^([A-Z][a-z]+)?V\\d+((alpha|beta)\\d+)?", ""), table);
                    open.add(reference);
                }
            }
        }
    }

    /** The OpenAPI name of a model class, such as {@code io.k8s.api.apps.v1.Deployment}. */
    String upstreamName(String className) {
        String name = upstreamNames.get(className);
        if (name == null) {
            throw new IllegalStateException("nobody owns " + className);
        }
        return name;
    }

    List<String> classesOf(Facts table) {
        return owners.entrySet().stream().filter(entry -> entry.getValue() == table).map(Map.Entry::getKey)
                .sorted().toList();
    }
}
