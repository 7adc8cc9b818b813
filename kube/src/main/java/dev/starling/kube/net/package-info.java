/** Addresses of the network, as numbers. */
@NullMarked
package dev.starling.kube.net;

import org.jspecify.annotations.NullMarked;
