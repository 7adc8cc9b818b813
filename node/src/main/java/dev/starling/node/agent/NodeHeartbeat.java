package dev.starling.node.agent;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Reason;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.Times;
import dev.starling.node.pool.Pool;
import dev.starling.node.runtime.ContainerRuntime;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps the Node object and its Lease: the lease is renewed at every heartbeat, the status is written when the pool
 * changes and every five minutes.
 */
final class NodeHeartbeat implements Loop {
    private static final System.Logger LOG = System.getLogger(NodeHeartbeat.class.getName());
    private static final String LEASES = "kube-node-lease";
    private static final Duration STATUS_EVERY = Duration.ofMinutes(5);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int LEASE_SECONDS = 40;

    private final NodeSettings settings;
    private final KubeApi api;
    private final ContainerRuntime runtime;
    private final Pool pool;
    private Instant statusAt = Instant.EPOCH; // owned by the loop
    private Optional<NodeObject.Reading> told = Optional.empty(); // owned by the loop
    private JsonObject status = JsonObject.EMPTY; // owned by the loop

    NodeHeartbeat(NodeSettings settings, KubeApi api, ContainerRuntime runtime, Pool pool) {
        this.settings = settings;
        this.api = api;
        this.runtime = runtime;
        this.pool = pool;
    }

    private NodeObject.Reading reading(boolean ready, long storageBytes) {
        return new NodeObject.Reading(pool.capacity(), storageBytes, runtime.facts(), ready);
    }

    /** The size of the disk that pods' files are on; it costs more to read than all the rest of a heartbeat. */
    private long storageBytes(Instant now) {
        return told.filter(known -> now.isBefore(statusAt)).map(NodeObject.Reading::storageBytes)
                .orElseGet(this::readStorageBytes);
    }

    private long readStorageBytes() {
        try {
            return Files.getFileStore(Files.createDirectories(settings.dataFolder())).getTotalSpace();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the disk can't be read folder=" + settings.dataFolder(), e);
            return told.map(NodeObject.Reading::storageBytes).orElse(0L);
        }
    }

    private ObjectKey key() {
        return Kinds.NODES.key(settings.name());
    }

    @Override
    public String name() {
        return "heartbeat-" + settings.name();
    }

    @Override
    public Next step(Instant now) {
        try {
            var reading = reading(true, storageBytes(now));
            if (!now.isBefore(statusAt) || told.filter(reading::equals).isEmpty()) {
                if (statusAt.equals(Instant.EPOCH)) {
                    register(reading, now);
                }
                tell(reading, now);
                statusAt = now.plus(STATUS_EVERY);
            }
            renew(now);
            return Next.at(now.plus(settings.heartbeat()));
        } catch (ApiException e) {
            LOG.log(Level.WARNING, "heartbeat refused node=" + settings.name() + " why=" + e.getMessage());
            statusAt = e.is(Reason.NOT_FOUND) ? Instant.EPOCH : statusAt;
            return Next.at(now.plus(RETRY));
        }
    }

    /** A node is born with its status, so that no scheduler sees it without capacity. */
    private void register(NodeObject.Reading reading, Instant now) {
        var identity = NodeObject.identity(settings);
        try {
            var born = NodeObject.status(settings, reading, JsonObject.EMPTY, now);
            status = api.create(key(), KubeObject.of(identity.with("status", born))).status();
        } catch (ApiException e) {
            if (!e.is(Reason.ALREADY_EXISTS)) {
                throw e;
            }
            status = api.patch(key(), new Patch.Merge(identity)).status();
        }
    }

    private void tell(NodeObject.Reading reading, Instant now) {
        var fresh = NodeObject.status(settings, reading, status, now);
        status = api.patch(key().sub("status"), new Patch.Merge(JsonObject.of("status", fresh))).status();
        told = Optional.of(reading);
    }

    private void renew(Instant now) {
        var spec = JsonObject.of("holderIdentity", settings.name(), "leaseDurationSeconds", LEASE_SECONDS,
                "renewTime", Times.micros(now));
        var lease = Kinds.LEASES.key(LEASES, settings.name());
        try {
            api.patch(lease, new Patch.Merge(JsonObject.of("spec", spec)));
        } catch (ApiException e) {
            if (!e.is(Reason.NOT_FOUND)) {
                throw e;
            }
            api.create(lease, KubeObject.named(Kinds.LEASES, LEASES, settings.name()).with(spec, "spec"));
        }
    }

    /** Tells the API that the node is no more, or not ready. Called once the loop is closed. */
    void stop(Instant now) {
        try {
            if (settings.removeAtStop()) {
                api.delete(key());
            } else {
                tell(reading(false, storageBytes(now)), now);
            }
        } catch (ApiException e) {
            LOG.log(Level.WARNING, "node left behind node=" + settings.name() + " why=" + e.getMessage());
        }
    }
}
