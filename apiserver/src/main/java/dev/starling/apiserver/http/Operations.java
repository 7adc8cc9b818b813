package dev.starling.apiserver.http;

import dev.starling.apiserver.audit.AuditPolicy;
import dev.starling.kube.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What those who run a server ask of it beside the API.
 *
 * @param backup writes all objects as of one moment
 */
public record Operations(Snapshot backup, Audit audit) {

    /** The whole store. */
    @FunctionalInterface
    public interface Snapshot {
        void write(OutputStream to) throws IOException;
    }

    /**
     * Which requests are recorded, and where their events go.
     *
     * @param random makes the ids of events
     */
    public record Audit(AuditPolicy policy, Consumer<JsonObject> log, InstantSource clock, RandomGenerator random) {
        /** No request is recorded. */
        public static final Audit NONE = new Audit(AuditPolicy.NONE, event -> { }, InstantSource.system(),
                RandomGenerator.getDefault());
    }
}
