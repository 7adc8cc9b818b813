/** Service addresses: from Services and EndpointSlices to one nftables table. */
@NullMarked
package dev.starling.gateway.service;

import org.jspecify.annotations.NullMarked;
