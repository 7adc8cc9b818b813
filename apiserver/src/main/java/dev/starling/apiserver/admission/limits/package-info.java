/** LimitRange: what one pod, container or claim must and may ask for, and what it gets where it says nothing. */
@NullMarked
package dev.starling.apiserver.admission.limits;

import org.jspecify.annotations.NullMarked;
