/** Keeps the older form of endpoints and the newer one, slices, in step. */
@NullMarked
package dev.starling.control.endpoints;

import org.jspecify.annotations.NullMarked;
