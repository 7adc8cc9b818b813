package dev.starling.kube.object;

import dev.starling.kube.object.LabelSelector.Operator;
import dev.starling.kube.object.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads the text form of label selectors, with the grammar and the wording of upstream's {@code labels.Parse}. */
final class LabelSelectorParser {
    private static final String SPECIAL = "=!(),><";
    private static final Set<String> SYMBOLS = Set.of(")", ",", "!", "==", "=", "!=", "(", ">", "<");
    private static final String OPERATORS = "in, notin, =, ==, !=, gt, lt";
    private static final String END = "";

    private final List<String> tokens;
    private int at;

    private LabelSelectorParser(List<String> tokens) {
        this.tokens = tokens;
    }

    static List<Requirement> parse(String text) {
        var parser = new LabelSelectorParser(tokens(text));
        try {
            return parser.requirements();
        } catch (SyntaxException e) {
            throw new IllegalArgumentException("unable to parse requirement: " + e.getMessage());
        }
    }

    private static final class SyntaxException extends RuntimeException {
        SyntaxException(String message) {
            super(message, null, false, false);
        }
    }

    private static List<String> tokens(String text) {
        var tokens = new ArrayList<String>();
        int at = 0;
        while (at < text.length()) {
            int from = at;
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else if (SPECIAL.indexOf(text.charAt(at)) >= 0) {
                at += at + 1 < text.length() && SYMBOLS.contains(text.substring(at, at + 2)) ? 2 : 1;
                tokens.add(text.substring(from, at));
            } else {
                while (at < text.length() && SPECIAL.indexOf(text.charAt(at)) < 0
                        && !Character.isWhitespace(text.charAt(at))) {
                    at++;
                }
                tokens.add(text.substring(from, at));
            }
        }
        return tokens;
    }

    private String next() {
        return at < tokens.size() ? tokens.get(at) : END;
    }

    private String take() {
        String token = next();
        at++;
        return token;
    }

    private static boolean identifier(String token) {
        return !token.isEmpty() && !SYMBOLS.contains(token);
    }

    private static boolean key(String token) {
        return identifier(token) && !token.equals("in") && !token.equals("notin");
    }

    private List<Requirement> requirements() {
        var requirements = new ArrayList<Requirement>();
        if (next().equals(END)) {
            return requirements;
        }
        if (!key(next()) && !next().equals("!")) {
            throw new IllegalArgumentException(
                    "found '" + next() + "', expected: !, identifier, or 'end of string'");
        }
        while (true) {
            requirements.add(requirement());
            String separator = take();
            if (separator.equals(END)) {
                return requirements;
            }
            if (!separator.equals(",")) {
                throw new IllegalArgumentException("found '" + separator + "', expected: ',' or 'end of string'");
            }
            if (!key(next()) && !next().equals("!")) {
                throw new IllegalArgumentException("found '" + next() + "', expected: identifier after ','");
            }
        }
    }

    private Requirement requirement() {
        boolean not = next().equals("!");
        if (not) {
            take();
        }
        String name = take();
        if (!key(name)) {
            throw new SyntaxException("found '" + name + "', expected: identifier");
        }
        LabelSyntax.keyErrors(name).ifPresent(error -> {
            throw new SyntaxException("<nil>: Invalid value: \"" + name + "\": " + error);
        });
        if (not) {
            return new Requirement(name, Operator.DOES_NOT_EXIST, List.of());
        }
        if (next().equals(END) || next().equals(",")) {
            return new Requirement(name, Operator.EXISTS, List.of());
        }
        return compared(name);
    }

    private Requirement compared(String name) {
        String operator = take();
        var requirement = switch (operator) {
            case "in" -> new Requirement(name, Operator.IN, set());
            case "notin" -> new Requirement(name, Operator.NOT_IN, set());
            case "=", "==" -> new Requirement(name, Operator.IN, List.of(exact()));
            case "!=" -> new Requirement(name, Operator.NOT_IN, List.of(exact()));
            case ">" -> new Requirement(name, Operator.GREATER, List.of(whole()));
            case "<" -> new Requirement(name, Operator.LESS, List.of(whole()));
            default -> throw new SyntaxException("found '" + operator + "', expected: " + OPERATORS);
        };
        for (String value : requirement.values()) {
            LabelSyntax.valueErrors(value).ifPresent(error -> {
                throw new SyntaxException("values[0][" + name + "]: Invalid value: \"" + value + "\": " + error);
            });
        }
        return requirement;
    }

    private String exact() {
        if (next().equals(END) || next().equals(",")) {
            return "";
        }
        String value = take();
        if (!identifier(value)) {
            throw new SyntaxException("found '" + value + "', expected: identifier");
        }
        return value;
    }

    private String whole() {
        String value = exact();
        if (!value.matches("[+-]?[0-9]{1,19}")) {
            throw new SyntaxException("values[0]: Invalid value: \"" + value
                    + "\": for 'Gt', 'Lt' operators, the value must be an integer");
        }
        return value;
    }

    private List<String> set() {
        if (!next().equals("(")) {
            throw new SyntaxException("found '" + next() + "' expected: '('");
        }
        take();
        var values = new TreeSet<String>();
        boolean wanted = true;
        while (true) {
            String token = take();
            if (token.equals(")")) {
                if (wanted) {
                    values.add("");
                }
                return List.copyOf(values);
            } else if (token.equals(",")) {
                if (wanted) {
                    values.add("");
                }
                wanted = true;
            } else if (identifier(token) && wanted) {
                values.add(token);
                wanted = false;
            } else {
                throw new SyntaxException("found '" + token + "', expected: ',', ')' or identifier");
            }
        }
    }
}
