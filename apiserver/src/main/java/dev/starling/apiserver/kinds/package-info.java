/** The few rules in which the built-in kinds differ from each other. */
@NullMarked
package dev.starling.apiserver.kinds;

import org.jspecify.annotations.NullMarked;
