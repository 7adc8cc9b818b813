/** What a client of Kubernetes may ask, and how it is refused. */
@NullMarked
package dev.starling.kube.api;

import org.jspecify.annotations.NullMarked;
