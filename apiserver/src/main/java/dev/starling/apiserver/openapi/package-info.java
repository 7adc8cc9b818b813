/** The OpenAPI documents of what is served, made of the schemas: version 3, and version 2 as JSON and as protobuf. */
@NullMarked
package dev.starling.apiserver.openapi;

import org.jspecify.annotations.NullMarked;
