/** The forms in which answers are printed. */
@org.jspecify.annotations.NullMarked
package dev.starling.cli.output;
