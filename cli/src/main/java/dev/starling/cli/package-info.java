/** The client commands of {@code starling}, over the Kubernetes API alone. */
@org.jspecify.annotations.NullMarked
package dev.starling.cli;
