/** What pods use, as the metrics API tells it. */
@NullMarked
package dev.starling.node.metrics;

import org.jspecify.annotations.NullMarked;
