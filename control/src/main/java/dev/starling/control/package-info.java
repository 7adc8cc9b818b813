/** All controllers and the scheduler, wired. */
@NullMarked
package dev.starling.control;

import org.jspecify.annotations.NullMarked;
