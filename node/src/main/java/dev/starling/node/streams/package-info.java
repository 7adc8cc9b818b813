/** Logs of pods, and the ways into their containers. */
@NullMarked
package dev.starling.node.streams;

import org.jspecify.annotations.NullMarked;
