package dev.starling.node.agent;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.informer.EventRecorder;
import dev.starling.kube.loop.Driver;
import dev.starling.node.pod.Fields;
import dev.starling.node.pod.PodFolders;
import dev.starling.node.pod.Sources;
import dev.starling.node.pool.Pool;
import dev.starling.node.probe.Prober;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.streams.PodSight;
import dev.starling.node.volume.Volumes;

/** What every agent of one node works with. */
record NodeParts(KubeApi api, ContainerRuntime runtime, Driver driver, Pool pool, Volumes volumes, Sources sources,
        Prober prober, EventRecorder events, PodFolders folders, PodStatus.NodeFacts facts) {

    /** Where the containers and files of pods are. */
    PodSight.Host host() {
        return new PodSight.Host(runtime, folders);
    }

    /** What a pod at this address can ask about its node. */
    Fields.Place place(String podIp) {
        return new Fields.Place(facts.hostIp(), podIp, pool.capacity().allocatable());
    }
}
