/** Where images come from beside registries. */
@NullMarked
package dev.starling.node.image;

import org.jspecify.annotations.NullMarked;
