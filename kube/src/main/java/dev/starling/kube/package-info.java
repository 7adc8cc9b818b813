/** What every client of Kubernetes needs. */
@NullMarked
package dev.starling.kube;

import org.jspecify.annotations.NullMarked;
