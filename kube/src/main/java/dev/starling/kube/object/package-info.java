/** Objects, resource types, keys, quantities and selectors: the nouns of the Kubernetes API. */
@NullMarked
package dev.starling.kube.object;

import org.jspecify.annotations.NullMarked;
