/** What new pods get from their surroundings: priority, tolerations, what their runtime class asks for. */
@NullMarked
package dev.starling.apiserver.admission.pods;

import org.jspecify.annotations.NullMarked;
