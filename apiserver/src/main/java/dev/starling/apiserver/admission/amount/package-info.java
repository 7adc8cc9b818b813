/** Exact amounts of resources, as quotas and limits reckon with them. */
@NullMarked
package dev.starling.apiserver.admission.amount;

import org.jspecify.annotations.NullMarked;
