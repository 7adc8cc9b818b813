package dev.starling.apiserver.http;

/** Answers the requests of one part of the path tree; refusals are {@code ApiException}s. */
@FunctionalInterface
interface Page {
    void serve(Exchange exchange, ApiRequest request);
}
