/** Benchmarks of the whole system. Never shipped. */
@NullMarked
package dev.starling.bench;

import org.jspecify.annotations.NullMarked;
