package dev.starling.apiserver.http;

/**
 * Where the server listens, and its bounds.
 *
 * @param port 0 for any free one
 * @param cbor whether CBOR is understood and written
 */
public record ServerSettings(String host, int port, ServerLimits limits, boolean cbor) {
    public static final ServerSettings DEFAULT =
            new ServerSettings("127.0.0.1", 6443, ServerLimits.DEFAULT, false);

    public ServerSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("there is no port " + port);
        }
    }

    public ServerSettings at(String otherHost, int otherPort) {
        return new ServerSettings(otherHost, otherPort, limits, cbor);
    }

    public ServerSettings within(ServerLimits other) {
        return new ServerSettings(host, port, other, cbor);
    }

    public ServerSettings speakingCbor(boolean speaks) {
        return new ServerSettings(host, port, limits, speaks);
    }
}
