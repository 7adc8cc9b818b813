/** Decides which node each waiting pod runs on, and binds it. */
@NullMarked
package dev.starling.control.scheduler;

import org.jspecify.annotations.NullMarked;
