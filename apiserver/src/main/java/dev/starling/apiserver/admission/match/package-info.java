/** Which requests webhooks and policies want to see. */
@NullMarked
package dev.starling.apiserver.admission.match;

import org.jspecify.annotations.NullMarked;
