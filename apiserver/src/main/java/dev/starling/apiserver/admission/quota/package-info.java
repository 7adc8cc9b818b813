/** ResourceQuota: what the objects of a namespace may use together, exact under concurrency. */
@NullMarked
package dev.starling.apiserver.admission.quota;

import org.jspecify.annotations.NullMarked;
