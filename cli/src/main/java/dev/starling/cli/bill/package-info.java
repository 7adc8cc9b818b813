/** What usage spans cost in a window of time, exactly, and how a bill is written. Pure. */
@org.jspecify.annotations.NullMarked
package dev.starling.cli.bill;
