/** Removes pods whose node is gone, and the oldest of too many ended pods. */
@NullMarked
package dev.starling.control.podgc;

import org.jspecify.annotations.NullMarked;
