/** The immutable JSON tree and the only code that reads and writes JSON text. */
@NullMarked
package dev.starling.kube.json;

import org.jspecify.annotations.NullMarked;
