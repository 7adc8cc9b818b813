/** The ways to change a part of a JSON tree, as pure functions. */
@NullMarked
package dev.starling.kube.patch;

import org.jspecify.annotations.NullMarked;
