/** The data plane: how Services are reached. */
@NullMarked
package dev.starling.gateway;

import org.jspecify.annotations.NullMarked;
