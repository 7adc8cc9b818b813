/** The clients that users know, unmodified, at work on the whole server with a simulated pool. */
@NullMarked
package dev.starling.clients;

import org.jspecify.annotations.NullMarked;
