package dev.starling.node.agent;

import dev.starling.kube.informer.EventRecorder;
import dev.starling.node.pool.Pool;
import dev.starling.node.runtime.ContainerRuntime;

/** What a node runs its pods with. */
public record NodeRuntime(ContainerRuntime containers, Pool pool, EventRecorder events) {
}
