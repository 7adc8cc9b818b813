/** The words of a server command. */
@NullMarked
package dev.starling.app.options;

import org.jspecify.annotations.NullMarked;
