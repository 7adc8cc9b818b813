package dev.starling.schemas;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The build's step: {@code GenerateSchemas FACTS CLASSES} reads the tables in FACTS and writes the resources under
 * CLASSES. For every table or hand-written schema there are {@code NAME.json} (structure) and
 * {@code NAME.texts.json} (descriptions, which only the OpenAPI documents need), for every table
 * {@code NAME.wire.json} (field numbers of the protobuf form); {@code index.json} says where a package and a kind
 * are. Nothing is written when nothing has changed.
 */
public final class GenerateSchemas {
    private static final String TARGET = "META-INF/starling/schemas";
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private final Path target;
    private final JsonObject packages = new JsonObject();
    private final JsonObject groups = new JsonObject();

    private GenerateSchemas(Path target) {
        this.target = target;
    }

    /** {@code args}: the folder of facts, the folder of classes. */
    public static void main(String[] args) throws IOException {
        Path facts = Path.of(args[0]);
        Path classes = Path.of(args[1]);
        Path target = classes.resolve(TARGET);
        Path stamp = classes.resolveSibling("schemas.stamp");
        String wanted = fingerprint(facts, classes);
        if (Files.exists(stamp) && Files.exists(target.resolve("index.json"))
                && Files.readString(stamp).equals(wanted)) {
            return;
        }
        Files.createDirectories(target);
        new GenerateSchemas(target).run(facts, wanted);
        Files.writeString(stamp, wanted);
    }

    private void run(Path folder, String fingerprint) throws IOException {
        List<Facts> tables = new ArrayList<>();
        for (Path file : files(folder, ".facts")) {
            tables.add(Facts.read(file));
        }
        // Shared machinery first, then core, whose types everyone else refers to.
        tables.sort(Comparator.comparing((Facts table) -> !table.name().startsWith("meta_"))
                .thenComparing(table -> !table.name().startsWith("core_")).thenComparing(Facts::name));
        Ownership ownership = new Ownership(tables);
        for (Facts table : tables) {
            SchemaWriter writer = new SchemaWriter(table, ownership);
            addHandwritten(folder.resolve(table.name() + ".json"), writer.definitions(), writer.texts());
            writeGroup(table.name(), writer.definitions(), writer.texts());
            Files.writeString(target.resolve(table.name() + ".wire.json"),
                    GSON.toJson(WireNumbers.of(table, writer.definitions())));
        }
        for (Path file : files(folder, ".json")) {
            String name = file.getFileName().toString().replace(".json", "");
            if (tables.stream().noneMatch(table -> table.name().equals(name))) {
                Map<String, JsonObject> definitions = new TreeMap<>();
                Map<String, JsonObject> texts = new TreeMap<>();
                addHandwritten(file, definitions, texts);
                writeGroup(name, definitions, texts);
            }
        }
        JsonObject index = new JsonObject();
        index.addProperty("fingerprint", fingerprint);
        index.add("packages", packages);
        index.add("groups", groups);
        Files.writeString(target.resolve("index.json"), GSON.toJson(index));
    }

    /** Moves the descriptions of a hand-written file's definitions out of their structure. */
    private static void addHandwritten(Path file, Map<String, JsonObject> definitions, Map<String, JsonObject> texts)
            throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        JsonObject written = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        for (Map.Entry<String, JsonElement> entry : written.entrySet()) {
            JsonObject definition = entry.getValue().getAsJsonObject();
            JsonObject text = new JsonObject();
            text.addProperty("", taken(definition));
            if (definition.has("properties")) {
                definition.getAsJsonObject("properties").entrySet().forEach(property ->
                        text.addProperty(property.getKey(), taken(property.getValue().getAsJsonObject())));
            }
            if (definitions.put(entry.getKey(), definition) != null) {
                throw new IllegalStateException(file + " defines again " + entry.getKey());
            }
            texts.put(entry.getKey(), text);
        }
    }

    private static String taken(JsonObject schema) {
        JsonElement description = schema.remove("description");
        if (description == null) {
            throw new IllegalStateException("no description in " + schema);
        }
        return description.getAsString();
    }

    private void writeGroup(String name, Map<String, JsonObject> definitions, Map<String, JsonObject> texts)
            throws IOException {
        definitions.forEach((definition, schema) -> {
            packages.addProperty(definition.substring(0, definition.lastIndexOf('.')), name);
            if (schema.has("x-kubernetes-group-version-kind")) {
                schema.getAsJsonArray("x-kubernetes-group-version-kind")
                        .forEach(kind -> index(kind.getAsJsonObject(), definition));
            }
        });
        Files.writeString(target.resolve(name + ".json"), GSON.toJson(definitions));
        Files.writeString(target.resolve(name + ".texts.json"), GSON.toJson(texts));
    }

    private void index(JsonObject kind, String definition) {
        String group = kind.get("group").getAsString();
        String version = kind.get("version").getAsString();
        String groupVersion = group.isEmpty() ? version : group + "/" + version;
        if (!groups.has(groupVersion)) {
            groups.add(groupVersion, new JsonObject());
        }
        groups.getAsJsonObject(groupVersion).addProperty(kind.get("kind").getAsString(), definition);
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static String fingerprint(Path facts, Path classes) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<Path> inputs = new ArrayList<>(files(facts, ""));
            inputs.addAll(files(classes.resolve("dev/starling/schemas"), ".class"));
            for (Path input : inputs) {
                digest.update(input.getFileName().toString().getBytes());
                digest.update(Files.readAllBytes(input));
            }
            digest.update(ModelClass.of("V1Pod").type().getProtectionDomain().getCodeSource().getLocation()
                    .toString().getBytes());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
