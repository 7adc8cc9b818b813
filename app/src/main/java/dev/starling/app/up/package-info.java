/** The server: its settings, its data folder, and the order in which its parts start and stop. */
@NullMarked
package dev.starling.app.up;

import org.jspecify.annotations.NullMarked;
