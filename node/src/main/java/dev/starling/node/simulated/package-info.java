/**
 * A container runtime that runs nothing: for capacity planning, for whole-system simulation, and where there is no
 * root.
 */
@NullMarked
package dev.starling.node.simulated;

import org.jspecify.annotations.NullMarked;
