/** The few calls that a pod needs of a container runtime: the seam between pods and whatever really runs them. */
@NullMarked
package dev.starling.node.runtime;

import org.jspecify.annotations.NullMarked;
