package dev.starling.apiserver.custom;

import dev.starling.apiserver.custom.Conditions.Condition;
import dev.starling.apiserver.custom.Definition.Names;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who may use which names in a group: whoever had them accepted first. A definition is established once all of its
 * names are accepted, and stays so. Pure.
 */
final class Naming {
    private final Set<String> resources = new HashSet<>();
    private final Set<String> kinds = new HashSet<>();
    private Optional<Condition> conflict = Optional.empty();

    private Naming(Definition mine, Collection<Definition> all) {
        var others = all.stream().filter(other -> other.group().equals(mine.group())
                && !other.object().name().equals(mine.object().name()));
        others.map(Definition::acceptedNames).forEach(taken -> {
            resources.add(taken.plural());
            resources.add(taken.singular());
            resources.addAll(taken.shortNames());
            kinds.add(taken.kind());
            kinds.add(taken.listKind());
        });
    }

    /** The definition with the names that it gets, and with the conditions that tell of it. */
    static KubeObject judged(Definition mine, Collection<Definition> all, Instant now) {
        var naming = new Naming(mine, all);
        JsonObject accepted = naming.accepted(mine.names(), mine.acceptedNames());
        Condition names = naming.conflict.orElse(
                new Condition("NamesAccepted", true, "NoConflicts", "no conflicts found"));
        boolean established = names.holds() || mine.established();
        var establishment = established
                ? new Condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted")
                : new Condition("Established", false, "NotAccepted", "not all names are accepted");
        var named = mine.object().with(accepted, "status", "acceptedNames");
        return Conditions.with(Conditions.with(named, names, now), establishment, now);
    }

    /** The definition as one whose names something else serves. */
    static KubeObject refused(Definition mine, Instant now) {
        var names = new Condition("NamesAccepted", false, "PluralConflict",
                quoted(mine.names().plural()) + " is already in use");
        var named = mine.object().with(JsonObject.of("kind", "", "plural", ""), "status", "acceptedNames");
        return Conditions.with(Conditions.with(named, names, now),
                new Condition("Established", false, "NotAccepted", "not all names are accepted"), now);
    }

    private JsonObject accepted(Names wished, Names before) {
        var names = JsonObject.builder();
        if (!wished.categories().isEmpty()) {
            names.put("categories", wished.json().at("categories"));
        }
        names.put("kind", Json.of(one(kinds, wished.kind(), before.kind(), "KindConflict")));
        names.put("listKind", Json.of(one(kinds, wished.listKind(), before.listKind(), "ListKindConflict")));
        names.put("plural", Json.of(one(resources, wished.plural(), before.plural(), "PluralConflict")));
        List<String> shorts = shortNames(wished.shortNames(), before.shortNames());
        if (!shorts.isEmpty()) {
            names.put("shortNames", (Json) JsonArray.strings(shorts));
        }
        return names.put("singular", Json.of(one(resources, wished.singular(), before.singular(),
                "SingularConflict"))).build();
    }

    private String one(Set<String> taken, String wished, String before, String reason) {
        if (!taken.contains(wished)) {
            return wished;
        }
        refuse(reason, quoted(wished) + " is already in use");
        return before;
    }

    private List<String> shortNames(List<String> wished, List<String> before) {
        var inUse = wished.stream().filter(resources::contains).toList();
        if (inUse.isEmpty()) {
            return wished;
        }
        refuse("ShortNamesConflict", inUse.size() == 1 ? quoted(inUse.getFirst()) + " is already in use"
                : "[" + String.join(", ", inUse.stream().map(name -> quoted(name) + " is already in use").toList())
                + "]");
        return before;
    }

    private void refuse(String reason, String message) {
        if (conflict.isEmpty()) {
            conflict = Optional.of(new Condition("NamesAccepted", false, reason, message));
        }
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
