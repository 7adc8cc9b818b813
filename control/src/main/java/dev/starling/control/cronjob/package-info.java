/** Makes Jobs by the clock. */
@NullMarked
package dev.starling.control.cronjob;

import org.jspecify.annotations.NullMarked;
