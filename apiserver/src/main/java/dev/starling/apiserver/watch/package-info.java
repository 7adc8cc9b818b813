/** Bounded rings of changes, and the watches that read them. */
@NullMarked
package dev.starling.apiserver.watch;

import org.jspecify.annotations.NullMarked;
