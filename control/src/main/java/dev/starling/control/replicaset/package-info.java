/** Keeps as many pods as ReplicaSets ask for. */
@NullMarked
package dev.starling.control.replicaset;

import org.jspecify.annotations.NullMarked;
