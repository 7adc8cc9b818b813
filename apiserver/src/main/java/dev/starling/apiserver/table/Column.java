package dev.starling.apiserver.table;

import dev.starling.kube.json.JsonObject;

/** One column: shown always for priority 0, in wide output for 1. */
public record Column(String name, String type, String format, int priority, String description) {

    static Column text(String name) {
        return new Column(name, "string", "", 0, name);
    }

    static Column number(String name) {
        return new Column(name, "integer", "", 0, name);
    }

    static Column flag(String name) {
        return new Column(name, "boolean", "", 0, name);
    }

    static Column objectName() {
        return new Column("Name", "string", "name", 0,
                "Name must be unique within a namespace. Is required when creating resources.");
    }

    static Column age() {
        return new Column("Age", "string", "", 0, "CreationTimestamp is the time at which the object was created.");
    }

    Column wide() {
        return new Column(name, type, format, 1, description);
    }

    JsonObject json() {
        return JsonObject.of("name", name, "type", type, "format", format, "description", description,
                "priority", priority);
    }
}
