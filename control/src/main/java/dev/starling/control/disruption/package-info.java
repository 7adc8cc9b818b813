/** Keeps the status of PodDisruptionBudgets, which evictions ask. */
@NullMarked
package dev.starling.control.disruption;

import org.jspecify.annotations.NullMarked;
