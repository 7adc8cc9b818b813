/** Policies in CEL: ValidatingAdmissionPolicy, MutatingAdmissionPolicy and their bindings. */
@NullMarked
package dev.starling.apiserver.admission.policy;

import org.jspecify.annotations.NullMarked;
