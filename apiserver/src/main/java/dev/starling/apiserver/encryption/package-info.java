/** Objects encrypted at rest: the settings, the codec under the store, and what rewrites objects after a key's end. */
@NullMarked
package dev.starling.apiserver.encryption;

import org.jspecify.annotations.NullMarked;
