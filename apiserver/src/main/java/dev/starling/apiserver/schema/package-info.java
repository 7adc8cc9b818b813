/**
 * Structural schemas of the kinds: what the build generated of the built-in ones, and the pure operations on a
 * schema and a tree: decoding checks, validation, defaults, pruning.
 */
@NullMarked
package dev.starling.apiserver.schema;

import org.jspecify.annotations.NullMarked;
