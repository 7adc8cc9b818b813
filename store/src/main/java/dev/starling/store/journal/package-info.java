/** An append-only file of records, for facts that are only ever added. */
@NullMarked
package dev.starling.store.journal;

import org.jspecify.annotations.NullMarked;
