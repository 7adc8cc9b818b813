package dev.starling.app.options;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The words after a server command, as {@code --name value}, {@code --name=value} or {@code --flag}. An unknown name
 * stops the start.
 */
public final class Arguments {
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    /**
     * @param options that take a value
     * @param flags that take none
     * @throws UsageException if a word is none of them, or a value is missing
     */
    public Arguments(List<String> words, Set<String> options, Set<String> flags) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (flags.contains(word)) {
                values.put(word, List.of());
            } else if (!options.contains(name)) {
                throw new UsageException("unknown option " + word + "; known are "
                        + String.join(" ", sorted(options, flags)));
            } else if (equals >= 0) {
                add(name, word.substring(equals + 1));
            } else if (++i < words.size()) {
                add(name, words.get(i));
            } else {
                throw new UsageException(name + " needs a value");
            }
        }
    }

    private static List<String> sorted(Set<String> options, Set<String> flags) {
        var names = new ArrayList<>(options);
        names.addAll(flags);
        Collections.sort(names);
        return names;
    }

    private void add(String name, String value) {
        values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The last value of an option. */
    public Optional<String> find(String option) {
        return all(option).isEmpty() ? Optional.empty() : Optional.of(all(option).getLast());
    }

    /** All values of an option that may stand several times. */
    public List<String> all(String option) {
        return values.getOrDefault(option, List.of());
    }

    /** Words that no command understands; the message is one line for the user. */
    public static final class UsageException extends RuntimeException {
        public UsageException(String message) {
            super(message);
        }
    }
}
