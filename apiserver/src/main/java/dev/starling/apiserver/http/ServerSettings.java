package dev.starling.apiserver.http;

import java.time.Duration;

/**
 * How the server listens, and its bounds.
 *
 * @param port 0 for any free one
 * @param idle after how long without a byte a connection, a slow reader or a slow sender is cut off
 * @param bodyTime how long a request may take to send its body
 * @param bodyBytes the largest body of a request
 * @param reads how many reads may be in flight; the next one gets 429
 * @param writes how many writes may be in flight
 * @param streams how many watches, logs and tunnels may be open
 * @param cbor whether CBOR is understood and written
 */
public record ServerSettings(String host, int port, Duration idle, Duration bodyTime, int bodyBytes, int reads,
        int writes, int streams, boolean cbor) {
    public static final ServerSettings DEFAULT = new ServerSettings("127.0.0.1", 6443, Duration.ofSeconds(90),
            Duration.ofSeconds(60), 3 << 20, 400, 200, 10_000, false);

    public ServerSettings {
        if (port < 0 || port > 65_535 || bodyBytes <= 0 || reads <= 0 || writes <= 0 || streams <= 0) {
            throw new IllegalArgumentException("a bound of the server is not positive, or its port is out of range");
        }
    }

    public ServerSettings at(String otherHost, int otherPort) {
        return new ServerSettings(otherHost, otherPort, idle, bodyTime, bodyBytes, reads, writes, streams,
                cbor);
    }

    public ServerSettings speakingCbor(boolean speaks) {
        return new ServerSettings(host, port, idle, bodyTime, bodyBytes, reads, writes, streams, speaks);
    }
}
