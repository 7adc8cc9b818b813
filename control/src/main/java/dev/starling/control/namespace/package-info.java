/** Empties namespaces that are being deleted. */
@NullMarked
package dev.starling.control.namespace;

import org.jspecify.annotations.NullMarked;
