package dev.starling.apiserver.access.remote;

import dev.starling.kube.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The public keys of an issuer. They are fetched when first needed, and again when a token names a key that is not
 * among them, but not more often than every few seconds: nobody can make this server ask without end. Thread-safe.
 */
final class SigningKeys {
    private static final System.Logger LOG = System.getLogger(SigningKeys.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final RemoteDocument remote;
    private final URI issuer;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fetched = lock.newCondition();
    private List<JsonObject> keys = List.of(); // guarded by lock, as both below
    private Instant next = Instant.MIN;
    private boolean fetching;

    SigningKeys(RemoteDocument remote, URI issuer, InstantSource clock) {
        this.remote = remote;
        this.issuer = issuer;
        this.clock = clock;
    }

    /** The keys that fit; asks the issuer if none does. */
    List<JsonObject> find(Predicate<JsonObject> fits) {
        var found = known().stream().filter(fits).toList();
        if (!found.isEmpty() || !mayFetch()) {
            return found.isEmpty() ? known().stream().filter(fits).toList() : found;
        }
        List<JsonObject> fresh = List.of();
        try {
            fresh = fetch();
        } finally {
            keep(fresh);
        }
        return known().stream().filter(fits).toList();
    }

    private List<JsonObject> known() {
        lock.lock();
        try {
            return keys;
        } finally {
            lock.unlock();
        }
    }

    /** True for the one who shall fetch; others wait for him. */
    private boolean mayFetch() {
        lock.lock();
        try {
            if (fetching) {
                while (fetching) {
                    fetched.awaitUninterruptibly();
                }
                return false;
            }
            var now = clock.instant();
            if (now.isBefore(next)) {
                return false;
            }
            next = now.plus(PAUSE);
            fetching = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing new if the issuer does not answer. */
    private List<JsonObject> fetch() {
        try {
            String base = issuer.toString().replaceAll("/$", "");
            var configuration = remote.read(URI.create(base + "/.well-known/openid-configuration"));
            if (!configuration.text("issuer").equals(issuer.toString())) {
                throw new IOException("it calls itself " + configuration.text("issuer"));
            }
            return remote.read(URI.create(configuration.text("jwks_uri"))).array("keys").objects();
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(Level.WARNING, "the keys of the OIDC issuer could not be fetched issuer=" + issuer + " why=" + e);
            return List.of();
        }
    }

    private void keep(List<JsonObject> fresh) {
        lock.lock();
        try {
            keys = fresh.isEmpty() ? keys : List.copyOf(fresh);
            fetching = false;
            fetched.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
