package dev.starling.app.up;

import dev.starling.kube.api.ApiException;
import java.util.Optional;

/** A part that starts after the API serves; who asks earlier is told to come back. Set once, from any thread. */
final class Late<T> {
    private final String name;
    private volatile Optional<T> part = Optional.empty();

    /** @param name for the refusal: {@code the pool} */
    Late(String name) {
        this.name = name;
    }

    void set(T started) {
        part = Optional.of(started);
    }

    Optional<T> find() {
        return part;
    }

    /** @throws ApiException SERVICE_UNAVAILABLE while it is not there */
    T part() {
        return part.orElseThrow(() -> ApiException.unavailable(name + " is still starting; try again in a moment"));
    }
}
