package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The well-known callers and groups. */
public final class Callers {
    public static final String MASTERS = "system:masters";
    public static final String AUTHENTICATED = "system:authenticated";
    public static final Caller ANONYMOUS =
            new Caller("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

    private Callers() {
    }

    /** Somebody who has proved who he is, and so is in {@code system:authenticated} too. */
    public static Caller authenticated(String name, List<String> groups) {
        return authenticated(name, groups, Map.of());
    }

    static Caller authenticated(String name, List<String> groups, Map<String, List<String>> extra) {
        return new Caller(name, "", Stream.concat(groups.stream(), Stream.of(AUTHENTICATED)).distinct().toList(),
                extra);
    }

    public static boolean anonymous(Caller caller) {
        return caller.equals(ANONYMOUS);
    }
}
