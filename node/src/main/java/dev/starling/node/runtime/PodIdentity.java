package dev.starling.node.runtime;

import java.nio.file.Path;
import java.util.List;

/**
 * What makes a sandbox one pod's own.
 *
 * @param hostname name inside the pod, at most 63 characters
 * @param domain that the pod's name stands in, such as {@code heads.default.svc.cluster.local}; empty for none
 * @param hosts extra lines of {@code /etc/hosts}, after localhost and the pod's own address
 * @param logFolder absolute folder that the logs of the pod's containers are below
 * @param limits of the whole pod
 */
public record PodIdentity(String namespace, String name, String uid, String hostname, String domain,
                          List<String> hosts, Resolver resolver, Path logFolder, ResourceLimits limits) {
    public PodIdentity {
        hosts = List.copyOf(hosts);
        if (!logFolder.isAbsolute()) {
            throw new IllegalArgumentException("the log folder must be absolute: " + logFolder);
        }
    }
}
