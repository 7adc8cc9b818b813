/**
 * The HTTP face of the API server: the request chain, content negotiation, streams and the upgrade tunnel. The only
 * package that knows Jetty.
 */
@NullMarked
package dev.starling.apiserver.http;

import org.jspecify.annotations.NullMarked;
