/** Rolls ReplicaSets out and back as Deployments ask. */
@NullMarked
package dev.starling.control.deployment;

import org.jspecify.annotations.NullMarked;
