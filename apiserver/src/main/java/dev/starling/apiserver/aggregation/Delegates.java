package dev.starling.apiserver.aggregation;

import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;

/**
 * The servers that the APIServices in the store name. They are looked up again when somebody asks and the last look
 * is half a second old, so that a server without any does nothing. Thread-safe.
 */
public final class Delegates {
    private static final System.Logger LOG = System.getLogger(Delegates.class.getName());
    private static final Duration FRESH = Duration.ofMillis(500);

    private final ObjectReader reader;
    private final Supplier<KeyManager[]> identity;
    private final String mark;
    private final InstantSource clock;
    private final ReentrantLock reading = new ReentrantLock();
    private final Map<String, JsonObject> resources = new ConcurrentHashMap<>();
    private final DelegatedDocuments documents = new DelegatedDocuments();
    private volatile Picture now = new Picture(Instant.MIN, List.of());

    private record Picture(Instant read, List<Delegate> delegates) {
    }

    /**
     * @param identity the client certificate by which delegates know this server; asked for at the first delegate
     * @param authorityPem what tells this instance from all others, however often it starts
     */
    public Delegates(ObjectReader reader, Supplier<KeyManager[]> identity, String authorityPem, InstantSource clock) {
        this.reader = reader;
        this.identity = identity;
        this.mark = mark(authorityPem);
        this.clock = clock;
    }

    private static String mark(String authorityPem) {
        try {
            var sum = MessageDigest.getInstance("SHA-256").digest(authorityPem.getBytes(StandardCharsets.US_ASCII));
            return "1.1 starling-" + HexFormat.of().formatHex(sum, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    public ObjectReader reader() {
        return reader;
    }

    /** What they document. */
    public DelegatedDocuments documents() {
        return documents;
    }

    public Optional<Delegate> find(String group, String version) {
        return all().stream().filter(d -> d.group().equals(group) && d.version().equals(version)).findFirst();
    }

    public List<Delegate> all() {
        if (now.read().isBefore(clock.instant().minus(FRESH))) {
            look();
        }
        return now.delegates();
    }

    private void look() {
        reading.lock();
        try {
            var known = now.delegates();
            var next = new ArrayList<Delegate>();
            reader.all(Kinds.API_SERVICES, "").stream().filter(object -> object.spec().has("service"))
                    .forEach(object -> known.stream().filter(d -> d.object().uid().equals(object.uid())
                            && d.object().spec().equals(object.spec())).findFirst()
                            .or(() -> made(object)).ifPresent(next::add));
            known.stream().filter(old -> next.stream().noneMatch(d -> d.client() == old.client()))
                    .forEach(old -> old.client().shutdownNow());
            now = new Picture(clock.instant(), List.copyOf(next));
        } finally {
            reading.unlock();
        }
    }

    private Optional<Delegate> made(KubeObject object) {
        try {
            return Optional.of(Delegate.of(object, identity.get(), mark));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "an APIService can't be used name=" + object.name() + " reason=" + e.getMessage());
            return Optional.empty();
        }
    }

    /** Keeps what a delegate serves: its APIResourceList. */
    void serves(Delegate delegate, JsonObject list) {
        resources.put(delegate.object().name(), list);
    }

    /** What a delegate served when it was last well; empty if it never was. */
    public JsonObject resources(Delegate delegate) {
        return resources.getOrDefault(delegate.object().name(), JsonObject.EMPTY);
    }

    /** Whether the last check went well. */
    public boolean available(Delegate delegate) {
        return reader.find(Kinds.API_SERVICES.key(delegate.object().name())).stream()
                .flatMap(object -> object.status().array("conditions").objects().stream())
                .anyMatch(c -> c.text("type").equals("Available") && c.text("status").equals("True"));
    }
}
