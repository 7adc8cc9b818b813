/** Tells which pods answer for a Service. */
@NullMarked
package dev.starling.control.endpointslice;

import org.jspecify.annotations.NullMarked;
