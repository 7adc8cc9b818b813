/** What is served, as clients discover it. */
@NullMarked
package dev.starling.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
