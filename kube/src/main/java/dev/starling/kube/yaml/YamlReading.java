package dev.starling.kube.yaml;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonBoolean;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonNull;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;

/**
 * Builds the tree straight from the events of the parser, so that depth and size are checked before anything deep or
 * large is made. What an anchor names is shared, and counts once for each alias. Used by one thread.
 */
final class YamlReading {
    private static final int DEEPEST = JsonReader.MAX_REQUEST_DEPTH;
    private static final int LONGEST_NUMBER = 1_000;
    /** Characters and values that a document may have once its aliases are written out; larger texts have more. */
    private static final long MOST_EXPANDED = 10 << 20;

    private final LoadSettings settings = LoadSettings.builder().setCodePointLimit(64 << 20).setLabel("yaml").build();
    private final ScalarResolver scalars = settings.getSchema().getScalarResolver();
    private final Iterator<Event> events;
    private final Map<String, Anchored> anchors = new HashMap<>();
    private final long most;
    private long size;
    private int deepest; // of what was read since somebody asked

    /** What an anchor names, what it counts, and how many levels it has below its own. */
    private record Anchored(Json value, long size, int levels) {
    }

    YamlReading(String text) {
        events = new Parse(settings).parseString(text).iterator();
        most = Math.max(MOST_EXPANDED, 2L * text.length());
    }

    List<Json> documents() {
        var documents = new ArrayList<Json>();
        while (events.hasNext()) {
            var event = events.next();
            if (event.getEventId() == Event.ID.DocumentStart) {
                anchors.clear();
                var document = node(events.next(), 1);
                if (!document.isNull()) {
                    documents.add(document);
                }
            }
        }
        return documents;
    }

    private Json node(Event event, int depth) {
        if (depth > DEEPEST) {
            throw broken(event, "exceeded max depth");
        }
        if (event instanceof AliasEvent alias) {
            var named = anchors.get(alias.getAlias().getValue());
            if (named == null) {
                throw broken(event, "unknown anchor '" + alias.getAlias().getValue() + "' referenced");
            }
            count(event, named.size());
            deepest = Math.max(deepest, depth + named.levels());
            if (deepest > DEEPEST) {
                throw broken(event, "exceeded max depth");
            }
            return named.value();
        }
        long before = size;
        count(event, 1);
        int around = deepest;
        deepest = depth;
        Json value = switch (event) {
            case MappingStartEvent start -> object(start, depth);
            case SequenceStartEvent start -> array(start, depth);
            case ScalarEvent scalar -> scalar(scalar);
            default -> throw broken(event, "unexpected " + event.getEventId());
        };
        ((NodeEvent) event).getAnchor().ifPresent(anchor ->
                anchors.put(anchor.getValue(), new Anchored(value, size - before, deepest - depth)));
        deepest = Math.max(deepest, around);
        return value;
    }

    private void count(Event event, long more) {
        size += more;
        if (size > most) {
            throw broken(event, "document is too large once its aliases are expanded");
        }
    }

    private Json object(MappingStartEvent start, int depth) {
        tagged(start, start.getTag(), Tag.MAP);
        var builder = JsonObject.builder();
        for (var event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            String key = key(event);
            if (builder.has(key)) {
                throw broken(event, "found duplicate key " + key);
            }
            builder.put(key, node(events.next(), depth + 1));
        }
        return builder.build();
    }

    /** Keys are texts, whatever they look like. */
    private String key(Event event) {
        if (event instanceof ScalarEvent || event instanceof AliasEvent) {
            var key = node(event, 1);
            if (key instanceof JsonString(var text)) {
                return text;
            }
            if (!(key instanceof JsonObject) && !(key instanceof JsonArray)) {
                return key.toString();
            }
        }
        throw broken(event, "a key that is no scalar");
    }

    private Json array(SequenceStartEvent start, int depth) {
        tagged(start, start.getTag(), Tag.SEQ);
        var values = new ArrayList<Json>();
        for (var event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            values.add(node(event, depth + 1));
        }
        return JsonArray.of(values);
    }

    private static void tagged(Event event, Optional<String> tag, Tag only) {
        if (tag.filter(name -> !name.equals("!") && !name.equals(only.getValue())).isPresent()) {
            throw broken(event, "could not determine a constructor for the tag " + tag.get());
        }
    }

    private Json scalar(ScalarEvent scalar) {
        String text = scalar.getValue();
        count(scalar, text.length());
        boolean plain = scalar.getImplicit().canOmitTagInPlainScalar();
        if (plain && text.length() <= LONGEST_NUMBER) {
            return plain(scalar, scalars.resolve(text, true));
        }
        String tag = scalar.getTag().orElse("!");
        if (plain && numeric(text)) {
            throw broken(scalar, "number is too long");
        }
        if (plain || tag.equals("!") || tag.equals(Tag.STR.getValue())) {
            return new JsonString(text);
        }
        return plain(scalar, List.of(Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL).stream()
                .filter(known -> known.getValue().equals(tag) && text.length() <= LONGEST_NUMBER).findFirst()
                .orElseThrow(() -> broken(scalar, "could not determine a constructor for the tag " + tag)));
    }

    private static boolean numeric(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e'
                || c == 'E');
    }

    private static Json plain(ScalarEvent scalar, Tag tag) {
        String text = scalar.getValue();
        if (tag.equals(Tag.NULL)) {
            return JsonNull.NULL;
        }
        if (tag.equals(Tag.BOOL)) {
            return JsonBoolean.of(text.equalsIgnoreCase("true"));
        }
        return tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? number(scalar, tag) : new JsonString(text);
    }

    private static Json number(ScalarEvent scalar, Tag tag) {
        String text = scalar.getValue();
        if (text.endsWith("inf") || text.endsWith("nan")) {
            return new JsonString(text.endsWith("nan") ? "NaN" : text.startsWith("-") ? "-Infinity" : "Infinity");
        }
        try {
            double value = Double.parseDouble(text);
            if (!Double.isFinite(value)) {
                throw broken(scalar, "number out of range: " + text);
            }
            return tag.equals(Tag.FLOAT) ? new JsonDouble(value) : JsonReader.read(text);
        } catch (NumberFormatException | JsonException e) {
            throw broken(scalar, String.valueOf(e.getMessage()));
        }
    }

    private static Yaml.YamlException broken(Event event, String why) {
        int line = event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
        return new Yaml.YamlException("yaml: line " + line + ": " + why, line);
    }
}
