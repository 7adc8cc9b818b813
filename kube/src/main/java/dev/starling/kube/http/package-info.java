/** The HTTP transport of {@code KubeApi}, and the kubeconfig that tells how to reach a cluster. */
@NullMarked
package dev.starling.kube.http;

import org.jspecify.annotations.NullMarked;
