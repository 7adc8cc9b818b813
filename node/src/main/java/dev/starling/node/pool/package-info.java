/** The capacity behind a virtual node: who has reserved what of it, and sandboxes that wait warm for pods. */
@NullMarked
package dev.starling.node.pool;

import org.jspecify.annotations.NullMarked;
