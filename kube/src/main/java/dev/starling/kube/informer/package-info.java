/** Images of the cluster that follow it, and the loops that reconcile against them. */
@NullMarked
package dev.starling.kube.informer;

import org.jspecify.annotations.NullMarked;
