/** Webhooks that change and judge writes. */
@NullMarked
package dev.starling.apiserver.admission.hook;

import org.jspecify.annotations.NullMarked;
