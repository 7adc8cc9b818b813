/**
 * A revisioned key-value store: the contract, one implementation in memory and one on disk. Nobody sees a revision
 * before it is durable.
 */
@NullMarked
package dev.starling.store;

import org.jspecify.annotations.NullMarked;
