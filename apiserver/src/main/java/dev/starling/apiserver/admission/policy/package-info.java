/** Policies in CEL: ValidatingAdmissionPolicy and its bindings. */
@NullMarked
package dev.starling.apiserver.admission.policy;

import org.jspecify.annotations.NullMarked;
