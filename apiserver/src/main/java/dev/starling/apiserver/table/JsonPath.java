package dev.starling.apiserver.table;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A path into an object as kubectl and definitions of custom kinds write it: {@code .spec.hosts[0]},
 * {@code .status.conditions[?(@.type=="Ready")].status}, {@code .metadata.annotations['a.b/c']}. Immutable.
 */
public final class JsonPath {
    private final List<Step> steps;

    private JsonPath(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    private sealed interface Step {
        /** A field of an object. */
        record Field(String name) implements Step {
        }

        /** An element of a list, from its end if negative. */
        record Index(int index) implements Step {
        }

        /** Every element or value. */
        record All() implements Step {
        }

        /** The elements of which a field compares to a literal; any that has the field for the empty operator. */
        record Filter(JsonPath path, String operator, Json literal) implements Step {
        }
    }

    /** @throws IllegalArgumentException if the syntax is wrong or not known */
    public static JsonPath parse(String text) {
        return new JsonPath(new Parser(text).steps());
    }

    /** All that stands at this path; nothing if the path ends early. */
    public List<Json> find(Json value) {
        List<Json> here = List.of(value);
        for (Step step : steps) {
            here = here.stream().flatMap(each -> next(step, each)).toList();
        }
        return here;
    }

    /** The scalar at this path as a text; empty if there is none. */
    public String text(Json value) {
        var found = find(value);
        return found.isEmpty() || found.getFirst().isNull() ? "" : shown(found.getFirst());
    }

    static String shown(Json value) {
        return value instanceof JsonString(var text) ? text : value.toString();
    }

    /** The names of a path of fields alone. */
    public List<String> fields() {
        List<String> names = new ArrayList<>();
        for (Step step : steps) {
            if (!(step instanceof Step.Field(var name))) {
                throw new IllegalArgumentException("not a path of fields");
            }
            names.add(name);
        }
        return names;
    }

    private static Stream<Json> next(Step step, Json value) {
        return switch (step) {
            case Step.Field(var name) -> value.object().find(name).stream();
            case Step.Index(var index) -> {
                JsonArray array = value.array();
                int at = index < 0 ? array.size() + index : index;
                yield at >= 0 && at < array.size() ? Stream.of(array.at(at)) : Stream.empty();
            }
            case Step.All() -> value instanceof JsonObject object
                    ? object.names().stream().map(object::at) : value.array().stream();
            case Step.Filter filter -> value.array().stream().filter(element -> fits(filter, element));
        };
    }

    private static boolean fits(Step.Filter filter, Json element) {
        var found = filter.path().find(element);
        if (found.isEmpty() || filter.operator().isEmpty()) {
            return !found.isEmpty();
        }
        Json value = found.getFirst();
        boolean numbers = !(value instanceof JsonString) && !(filter.literal() instanceof JsonString);
        int order = numbers ? Long.compare(value.number(0), filter.literal().number(0))
                : shown(value).compareTo(shown(filter.literal()));
        return switch (filter.operator()) {
            case "==" -> order == 0 && (!numbers || value.equals(filter.literal()));
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    /** Reads one path, once. */
    private static final class Parser {
        private static final List<String> OPERATORS = List.of("==", "!=", "<=", ">=", "<", ">");
        private final String text;
        private int at;

        Parser(String written) {
            String text = written.strip();
            boolean braces = text.startsWith("{") && text.endsWith("}");
            text = braces ? text.substring(1, text.length() - 1) : text;
            this.text = text.startsWith("$") || text.startsWith("@") ? text.substring(1) : text;
        }

        List<Step> steps() {
            List<Step> steps = new ArrayList<>();
            while (at < text.length()) {
                steps.add(switch (text.charAt(at)) {
                    case '.' -> field();
                    case '[' -> bracket();
                    default -> throw wrong();
                });
            }
            return steps;
        }

        private IllegalArgumentException wrong() {
            return new IllegalArgumentException("unrecognized character in JSONPath " + text + " at " + at);
        }

        private Step field() {
            at++;
            var name = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '[') {
                char c = text.charAt(at++);
                if (c == '\\' && at < text.length()) {
                    name.append(text.charAt(at++));
                } else if (Character.isLetterOrDigit(c) || "_-$*/:".indexOf(c) >= 0) {
                    name.append(c);
                } else {
                    at--;
                    throw wrong();
                }
            }
            if (name.isEmpty() && at < text.length() && text.charAt(at) == '[') {
                return bracket();
            }
            if (name.isEmpty()) {
                throw wrong();
            }
            return name.toString().equals("*") ? new Step.All() : new Step.Field(name.toString());
        }

        private Step bracket() {
            int end = end();
            String inner = text.substring(at + 1, end).strip();
            at = end + 1;
            if (inner.equals("*")) {
                return new Step.All();
            }
            if (inner.startsWith("?(") && inner.endsWith(")")) {
                return filter(inner.substring(2, inner.length() - 1).strip());
            }
            if (inner.startsWith("'") || inner.startsWith("\"")) {
                return new Step.Field(inner.substring(1, inner.length() - 1));
            }
            try {
                return new Step.Index(Integer.parseInt(inner));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("unknown JSONPath subscript [" + inner + "]", e);
            }
        }

        /** Where a bracket closes; quotes hide what looks like one. */
        private int end() {
            char quote = 0;
            int depth = 0;
            for (int i = at; i < text.length(); i++) {
                char c = text.charAt(i);
                if (quote != 0) {
                    quote = c == quote ? 0 : quote;
                } else if (c == '\'' || c == '"') {
                    quote = c;
                } else if (c == '[') {
                    depth++;
                } else if (c == ']' && --depth == 0) {
                    return i;
                }
            }
            throw new IllegalArgumentException("unterminated array in JSONPath " + text);
        }

        private static Step filter(String text) {
            for (String operator : OPERATORS) {
                int at = text.indexOf(operator);
                if (at > 0) {
                    return new Step.Filter(parse(text.substring(0, at)), operator,
                            literal(text.substring(at + operator.length()).strip()));
                }
            }
            return new Step.Filter(parse(text), "", Json.of(""));
        }

        private static Json literal(String text) {
            if (text.startsWith("\"") || text.startsWith("'")) {
                return new JsonString(text.substring(1, text.length() - 1));
            }
            if (text.equals("true") || text.equals("false")) {
                return Json.of(Boolean.valueOf(text));
            }
            try {
                return Json.of(Long.valueOf(text));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("unknown literal in JSONPath filter: " + text, e);
            }
        }
    }
}
