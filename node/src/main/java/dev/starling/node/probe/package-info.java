/** Probes: what to ask a container, how often, and what follows from the answers. */
@NullMarked
package dev.starling.node.probe;

import org.jspecify.annotations.NullMarked;
