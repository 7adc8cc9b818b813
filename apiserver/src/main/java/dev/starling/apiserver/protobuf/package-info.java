/** The protobuf form of built-in kinds, which typed clients speak, to and from the same tree as JSON gives. */
@NullMarked
package dev.starling.apiserver.protobuf;

import org.jspecify.annotations.NullMarked;
