/** Deletes what no living owner holds. */
@NullMarked
package dev.starling.control.garbage;

import org.jspecify.annotations.NullMarked;
