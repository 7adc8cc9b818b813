package dev.starling.node.runtime;

import java.util.List;

/** The content of {@code /etc/resolv.conf}; without servers the host's own file is copied. */
public record Resolver(List<String> servers, List<String> searches, List<String> options) {
    public static final Resolver HOST = new Resolver(List.of(), List.of(), List.of());

    public Resolver {
        servers = List.copyOf(servers);
        searches = List.copyOf(searches);
        options = List.copyOf(options);
    }
}
