/** The encoding CBOR (RFC 8949) of what the API speaks. */
@NullMarked
package dev.starling.apiserver.cbor;

import org.jspecify.annotations.NullMarked;
