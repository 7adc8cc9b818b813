/** Addresses of Services of type LoadBalancer. */
@NullMarked
package dev.starling.control.balancer;

import org.jspecify.annotations.NullMarked;
