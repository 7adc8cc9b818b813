package dev.starling.apiserver.http;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.yaml.Yaml;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bounds of the API server, as the file {@code limits.yaml} names them. Each is a whole number above zero.
 *
 * @param values all settings, by name
 */
public record ServerLimits(Map<String, Integer> values) {
    private static final Map<String, Integer> USUAL = usual();

    public static final ServerLimits DEFAULT = new ServerLimits(USUAL);

    public ServerLimits {
        values = Map.copyOf(values);
    }

    private static Map<String, Integer> usual() {
        var usual = new LinkedHashMap<String, Integer>();
        usual.put("connections", 12_000);
        usual.put("connectionIdleSeconds", 90);
        usual.put("connectionStreams", 1_000);
        usual.put("connectionEventsPerSecond", 1_000);
        usual.put("headBytes", 16 << 10);
        usual.put("headSeconds", 30);
        usual.put("bodyBytes", 3 << 20);
        usual.put("bodySeconds", 60);
        usual.put("aggregatedSeconds", 60);
        usual.put("largeBodyBytes", 128 << 10);
        usual.put("largeBodies", 4);
        usual.put("reads", 400);
        usual.put("writes", 200);
        usual.put("queueSeconds", 15);
        usual.put("streams", 10_000);
        usual.put("watchChanges", 4_096);
        usual.put("unreadBytes", 64 << 20);
        usual.put("queuedWrites", 1_024);
        return usual;
    }

    /**
     * What a file says, and the usual for the rest.
     *
     * @throws IllegalArgumentException in one line, if it makes no sense
     */
    public static ServerLimits parse(String yaml) {
        var values = new LinkedHashMap<>(USUAL);
        try {
            for (var document : Yaml.documents(yaml)) {
                if (!(document instanceof JsonObject) && !document.isNull()) {
                    throw new IllegalArgumentException("it is no list of limits by their names");
                }
                document.object().forEach((name, value) -> values.put(name, value(name, value)));
            }
        } catch (Yaml.YamlException | JsonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return new ServerLimits(values);
    }

    private static int value(String name, Json value) {
        if (!USUAL.containsKey(name)) {
            throw new IllegalArgumentException("there is no limit " + name + " among " + USUAL.keySet());
        }
        if (!(value instanceof JsonLong(var number)) || number < 1 || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(name + " is no whole number above zero: " + value);
        }
        return (int) number;
    }

    /** As {@link #parse}, for one limit more. */
    public ServerLimits with(String name, int value) {
        var changed = new LinkedHashMap<>(values);
        changed.put(name, value(name, new JsonLong(value)));
        return new ServerLimits(changed);
    }

    private int at(String name) {
        return values.get(name);
    }

    private Duration seconds(String name) {
        return Duration.ofSeconds(at(name));
    }

    /** How many connections may be open; those that were idle longest make room for more. */
    public int connections() {
        return at("connections");
    }

    /** After how long without a byte a connection, a slow reader or a slow sender is cut off. */
    public Duration idle() {
        return seconds("connectionIdleSeconds");
    }

    /** How many requests one connection of HTTP/2 may have open. */
    public int connectionStreams() {
        return at("connectionStreams");
    }

    /** Of what HTTP/2 allows and nobody needs often: resets, pings, settings. Clients that end many watches reset. */
    public int connectionEvents() {
        return at("connectionEventsPerSecond");
    }

    /** How large the line and the headers of a request may be. */
    public int headBytes() {
        return at("headBytes");
    }

    /** How long a handshake may take, and the line and the headers of a request. */
    public Duration head() {
        return seconds("headSeconds");
    }

    /** The largest body of a request. */
    public int bodyBytes() {
        return at("bodyBytes");
    }

    /** How long a request may take to send its body. */
    public Duration bodyTime() {
        return seconds("bodySeconds");
    }

    /** How long a request may take that an aggregated server answers, unless it lasts by its nature. */
    public Duration delegated() {
        return seconds("aggregatedSeconds");
    }

    /** From here on a body is large. */
    public int largeBodyBytes() {
        return at("largeBodyBytes");
    }

    /** How many large bodies are worked on at once: they take much memory and time. */
    public int largeBodies() {
        return at("largeBodies");
    }

    /** How many reads may be in flight; the next one waits for its turn, or gets 429. */
    public int reads() {
        return at("reads");
    }

    /** How many writes may be in flight. */
    public int writes() {
        return at("writes");
    }

    /** How long a request may wait for its turn. */
    public Duration patience() {
        return seconds("queueSeconds");
    }

    /** How many watches, logs and tunnels may be open. */
    public int streams() {
        return at("streams");
    }

    /** How many changes of each resource are kept for watches that lag or come back. */
    public int watchChanges() {
        return at("watchChanges");
    }

    /** How much of single watchers' own may be on its way; those who do not read are cut off where there is more. */
    public int unreadBytes() {
        return at("unreadBytes");
    }

    /** How many writes may wait for the disk before callers are held back. */
    public int queuedWrites() {
        return at("queuedWrites");
    }

    /** The settings and their usual values, for the documentation's test. */
    static JsonObject documented() {
        var all = JsonObject.builder();
        USUAL.forEach((name, value) -> all.put(name, (Json) new JsonLong(value)));
        return all.build();
    }
}
