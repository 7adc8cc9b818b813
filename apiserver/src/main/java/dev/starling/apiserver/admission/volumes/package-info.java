/** Storage classes and the growth of claims. */
@NullMarked
package dev.starling.apiserver.admission.volumes;

import org.jspecify.annotations.NullMarked;
