/** Where the parts are wired together, and the commands that need all of them. */
@NullMarked
package dev.starling.app;

import org.jspecify.annotations.NullMarked;
