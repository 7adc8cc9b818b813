package dev.starling.kube.patch;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Whether a configuration fits its schema: a field that is not declared cannot be owned. */
public final class TypeCheck {
    private final List<String> faults = new ArrayList<>();

    private TypeCheck() {
    }

    /** What is wrong, in upstream's words; empty if nothing is. */
    public static String faults(JsonObject configuration, Typing typing) {
        var check = new TypeCheck();
        check.value(configuration, typing, "");
        return check.faults.size() < 2 ? String.join("", check.faults)
                : "errors:\n  " + String.join("\n  ", check.faults);
    }

    private void value(Json value, Typing typing, String path) {
        if (value.isNull()) {
            return;
        }
        String misfit = typing.misfit(value);
        if (!misfit.isEmpty()) {
            fault(path, misfit);
            return;
        }
        if (value instanceof JsonObject object) {
            object(object, typing, path);
        } else if (value instanceof JsonArray list) {
            list(list, typing, path);
        }
    }

    private void fault(String path, String why) {
        faults.add(path.isEmpty() ? why : path + ": " + why);
    }

    private void object(JsonObject object, Typing typing, String path) {
        object.forEach((name, value) -> {
            String here = path + "." + name;
            if (typing.takes(name)) {
                value(value, typing.field(name), here);
            } else {
                fault(here, "field not declared in schema");
            }
        });
    }

    private void list(JsonArray list, Typing typing, String path) {
        var seen = new HashSet<String>();
        for (int i = 0; i < list.size(); i++) {
            String here = path + "[" + i + "]";
            if (typing.opensLists()) {
                String misfit = PathElement.misfit(list.at(i), typing);
                if (!misfit.isEmpty()) {
                    fault(path, "element " + i + ": " + misfit);
                    return;
                }
                String element = PathElement.of(list.at(i), typing);
                here = path + PathElement.shown(element);
                if (!seen.add(element)) {
                    fault(path, "duplicate entries for key " + PathElement.shown(element));
                }
            }
            value(list.at(i), typing.element(), here);
        }
    }
}
