package dev.starling.kube.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A selector over fields: every term must hold. Which fields a kind offers is the server's matter. */
public record FieldSelector(List<Term> terms) {
    public static final FieldSelector ALL = new FieldSelector(List.of());

    public FieldSelector {
        terms = List.copyOf(terms);
    }

    /** {@code path=value}, or {@code path!=value}. */
    public record Term(String path, boolean equal, String value) {
    }

    public static FieldSelector of(String path, String value) {
        return new FieldSelector(List.of(new Term(path, true, value)));
    }

    /**
     * Reads {@code a=b,c!=d}; {@code ==} is {@code =}.
     *
     * @throws IllegalArgumentException with Kubernetes' wording if a term has no operator
     */
    public static FieldSelector parse(String text) {
        var terms = new ArrayList<Term>();
        for (String part : text.split(",", -1)) {
            if (part.isBlank()) {
                continue;
            }
            int not = part.indexOf("!=");
            int is = part.indexOf('=');
            if (not >= 0) {
                terms.add(new Term(part.substring(0, not).trim(), false, part.substring(not + 2).trim()));
            } else if (is >= 0) {
                int from = part.startsWith("==", is) ? is + 2 : is + 1;
                terms.add(new Term(part.substring(0, is).trim(), true, part.substring(from).trim()));
            } else {
                throw new IllegalArgumentException(
                        "invalid selector: '" + text + "'; can't understand '" + part + "'");
            }
        }
        return new FieldSelector(terms);
    }

    /** Whether all terms hold for an object whose selectable fields a function gives. */
    public boolean matches(Function<String, String> fields) {
        for (var term : terms) {
            if (fields.apply(term.path()).equals(term.value()) != term.equal()) {
                return false;
            }
        }
        return true;
    }

    public boolean isAll() {
        return terms.isEmpty();
    }

    /** The one value that a field must have; nothing if several fit. */
    public Optional<String> only(String path) {
        return terms.stream().filter(term -> term.equal() && term.path().equals(path)).map(Term::value).findFirst();
    }

    @Override
    public String toString() {
        return String.join(",", terms.stream().map(t -> t.path() + (t.equal() ? "=" : "!=") + t.value()).toList());
    }
}
