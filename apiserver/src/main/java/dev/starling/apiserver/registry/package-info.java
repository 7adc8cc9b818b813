/** One write path for all kinds: decode, default, admit, validate, commit; and the API over it in process. */
@NullMarked
package dev.starling.apiserver.registry;

import org.jspecify.annotations.NullMarked;
