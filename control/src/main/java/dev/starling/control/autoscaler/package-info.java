/** Scales workloads by the resources that their pods use. */
@NullMarked
package dev.starling.control.autoscaler;

import org.jspecify.annotations.NullMarked;
