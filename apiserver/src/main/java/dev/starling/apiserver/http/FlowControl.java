package dev.starling.apiserver.http;

import dev.starling.apiserver.registry.Caller;
import java.util.Map;

/** Decides when a request may be served, so that no client starves another. Thread-safe. */
interface FlowControl {

    /** A place that one request holds. */
    interface Permit extends AutoCloseable {
        /** The answer has become a lasting stream, which takes no more work: its seat is free for others. */
        default void started() {
        }

        /** Whether nothing may hold the request up. */
        default boolean exempt() {
            return false;
        }

        /** What the answer tells of the flow. */
        default Map<String, String> headers() {
            return Map.of();
        }

        @Override
        void close();
    }

    /**
     * Waits for a place, if it may.
     *
     * @throws dev.starling.kube.api.ApiException TOO_MANY_REQUESTS if there is none
     */
    Permit admit(ApiRequest request, Caller caller);

    /** Learns how much a list was. */
    default void listed(ApiRequest request, int objects) {
    }
}
