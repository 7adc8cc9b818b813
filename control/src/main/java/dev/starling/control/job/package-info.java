/** Runs pods to completion, and counts each exactly once. */
@NullMarked
package dev.starling.control.job;

import org.jspecify.annotations.NullMarked;
