/** Metering, the ledger and prices: a bill is a replay of recorded facts. */
@NullMarked
package dev.starling.billing;

import org.jspecify.annotations.NullMarked;
