package dev.starling.apiserver.http;

import dev.starling.apiserver.registry.Caller;

/** Decides when a request may be served, so that no client starves another. Thread-safe. */
interface FlowControl {

    /** A place that one request holds. */
    interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for a place, if it may.
     *
     * @throws dev.starling.kube.api.ApiException TOO_MANY_REQUESTS if there is none
     */
    Permit admit(ApiRequest request, Caller caller);
}
