package dev.starling.apiserver.access;

/** One name by which clients reach the server, as a certificate holds it. */
public sealed interface ServerName {

    record Dns(String host) implements ServerName {
    }

    /** An IPv4 or IPv6 address in its text form. */
    record Address(String address) implements ServerName {
    }

    /** The number, as certificates encode it, of this kind of name. */
    default int kind() {
        return switch (this) {
            case Dns dns -> 2;
            case Address address -> 7;
        };
    }

    default String text() {
        return switch (this) {
            case Dns(var host) -> host;
            case Address(var address) -> address;
        };
    }

    /** An address if it looks like one, else a DNS name. */
    static ServerName of(String text) {
        return text.contains(":") || text.matches("[0-9.]+") ? new Address(text) : new Dns(text);
    }
}
