/** Virtual nodes and the agents that carry one pod each from its binding to its end. */
@NullMarked
package dev.starling.node.agent;

import org.jspecify.annotations.NullMarked;
