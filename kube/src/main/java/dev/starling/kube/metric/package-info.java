/** Numbers by which an operator sees how full the product's queues are, and what was lost to a bound. */
@NullMarked
package dev.starling.kube.metric;

import org.jspecify.annotations.NullMarked;
