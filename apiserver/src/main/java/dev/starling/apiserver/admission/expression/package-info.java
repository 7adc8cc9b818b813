/** Expressions in CEL about a write, as webhooks and policies use them. */
@NullMarked
package dev.starling.apiserver.admission.expression;

import org.jspecify.annotations.NullMarked;
