package dev.starling.apiserver.custom;

import dev.starling.apiserver.custom.Definition.Version;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.apiserver.schema.Schema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.apiserver.schema.StructuralSchema;
import dev.starling.apiserver.table.JsonPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What may be wrong with one version of a definition. */
final class VersionValidation {
    private static final List<String> COLUMN_TYPES = List.of("integer", "number", "string", "boolean", "date");
    private static final List<String> COLUMN_FORMATS = List.of("", "int32", "int64", "float", "double", "byte", "date",
            "date-time", "password");
    private static final int MOST_SELECTABLE = 8;

    private final Schemas schemas;
    private final Set<JsonObject> sound;
    private final List<FieldError> errors;

    /** @param sound schemas that need no look any more; more are added */
    VersionValidation(Schemas schemas, Set<JsonObject> sound, List<FieldError> errors) {
        this.schemas = schemas;
        this.sound = sound;
        this.errors = errors;
    }

    void check(Version version, FieldPath path) {
        FieldPath schemaPath = path.child("schema").child("openAPIV3Schema");
        if (!(version.json().at("schema", "openAPIV3Schema") instanceof JsonObject)) {
            errors.add(FieldError.required(schemaPath, "schemas are required"));
        } else if (!sound.contains(version.schema())) {
            int known = errors.size();
            errors.addAll(new SchemaValidation(schemaPath).errors(version.schema()));
            if (errors.size() == known) {
                deeper(version, schemaPath);
            }
            if (errors.size() == known) {
                sound.add(version.schema());
            }
        }
        columns(version, path.child("additionalPrinterColumns"));
        version.scale().ifPresent(scale -> scale(scale, path.child("subresources").child("scale")));
        selectable(version, path.child("selectableFields"));
        if (version.json().has("deprecationWarning") && !version.json().flag("deprecated")) {
            errors.add(FieldError.invalid(path.child("deprecationWarning"), version.json().text("deprecationWarning"),
                    "can only be set for deprecated versions"));
        }
    }

    private void deeper(Version version, FieldPath path) {
        Schema schema = new StructuralSchema(version.schema(), schemas).schema();
        errors.addAll(new DefaultsValidation(path).errors(schema));
        if (RuleValidation.concerns(version.schema())) {
            errors.addAll(new RuleValidation().errors(schema, path));
        }
    }

    private void columns(Version version, FieldPath path) {
        List<JsonObject> columns = version.columns();
        for (int i = 0; i < columns.size(); i++) {
            JsonObject column = columns.get(i);
            if (column.text("name").isEmpty()) {
                errors.add(FieldError.required(path.index(i).child("name"), ""));
            }
            if (column.text("type").isEmpty()) {
                errors.add(FieldError.required(path.index(i).child("type"), "must be one of "
                        + String.join(",", COLUMN_TYPES)));
            } else if (!COLUMN_TYPES.contains(column.text("type"))) {
                errors.add(FieldError.invalid(path.index(i).child("type"), column.text("type"),
                        "must be one of " + String.join(",", COLUMN_TYPES)));
            }
            if (!COLUMN_FORMATS.contains(column.text("format"))) {
                errors.add(FieldError.invalid(path.index(i).child("format"), column.text("format"),
                        "must be one of " + String.join(",", COLUMN_FORMATS.subList(1, COLUMN_FORMATS.size()))));
            }
            if (column.text("jsonPath").isEmpty()) {
                errors.add(FieldError.required(path.index(i).child("jsonPath"), ""));
            } else {
                path(column.text("jsonPath"), path.index(i).child("jsonPath"));
            }
        }
    }

    private Optional<JsonPath> path(String text, FieldPath path) {
        try {
            return Optional.of(JsonPath.parse(text));
        } catch (IllegalArgumentException e) {
            errors.add(FieldError.invalid(path, text, e.getMessage()));
            return Optional.empty();
        }
    }

    private void scale(JsonObject scale, FieldPath path) {
        scalePath(scale.text("specReplicasPath"), ".spec", path.child("specReplicasPath"), true);
        scalePath(scale.text("statusReplicasPath"), ".status", path.child("statusReplicasPath"), true);
        scalePath(scale.text("labelSelectorPath"), "", path.child("labelSelectorPath"), false);
    }

    private void scalePath(String text, String root, FieldPath path, boolean required) {
        if (text.isEmpty()) {
            if (required) {
                errors.add(FieldError.required(path, ""));
            }
            return;
        }
        boolean below = text.startsWith(root + ".") || root.isEmpty()
                && (text.startsWith(".spec.") || text.startsWith(".status."));
        if (!below) {
            errors.add(FieldError.invalid(path, text, "should be a json path under "
                    + (root.isEmpty() ? "either .spec or .status" : root)));
            return;
        }
        fields(text, path);
    }

    private List<String> fields(String text, FieldPath path) {
        try {
            return JsonPath.parse(text).fields();
        } catch (IllegalArgumentException e) {
            errors.add(FieldError.invalid(path, text, "should be a json path in the form of fields separated by dots"));
            return List.of();
        }
    }

    private void selectable(Version version, FieldPath path) {
        List<String> fields = version.selectableFields();
        if (fields.size() > MOST_SELECTABLE) {
            errors.add(FieldError.tooMany(path, fields.size(), MOST_SELECTABLE));
        }
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            FieldPath here = path.index(i).child("jsonPath");
            String text = fields.get(i);
            if (text.isEmpty()) {
                errors.add(FieldError.required(here, ""));
            } else if (seen.contains(text)) {
                errors.add(FieldError.duplicate(here, Json.of(text)));
            } else if (text.startsWith(".metadata.")) {
                errors.add(FieldError.invalid(here, text, "must not point to fields in metadata"));
            } else {
                selectable(version, text, here);
            }
            seen.add(text);
        }
    }

    private void selectable(Version version, String text, FieldPath path) {
        Optional<Schema> here = Optional.of(new StructuralSchema(version.schema(), schemas).schema());
        for (String name : fields(text, path)) {
            here = here.flatMap(schema -> schema.property(name));
        }
        if (here.isEmpty()) {
            errors.add(FieldError.invalid(path, text, "is an invalid path: does not refer to a valid field"));
            return;
        }
        boolean scalar = switch (here.get().type()) {
            case STRING, INTEGER, BOOLEAN -> true;
            case NUMBER, OBJECT, ARRAY, INT_OR_STRING, QUANTITY, ANY -> false;
        };
        if (!scalar) {
            errors.add(FieldError.invalid(path, text,
                    "must point to a field of type string, boolean or integer. Enum string fields and strings with "
                            + "formats are allowed."));
        }
    }
}
