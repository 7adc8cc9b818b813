package dev.starling.apiserver.http;

import java.util.function.BooleanSupplier;

/** One named part of the server's health; asked on a request's thread, and must answer quickly. */
public record HealthCheck(String name, BooleanSupplier passes) {
}
