/** Volumes of pods: folders on the host whose content follows what the API says. */
@NullMarked
package dev.starling.node.volume;

import org.jspecify.annotations.NullMarked;
