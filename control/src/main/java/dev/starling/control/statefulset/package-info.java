/** Keeps the pods of StatefulSets, each with a name, an ordinal and claims that outlive it. */
@NullMarked
package dev.starling.control.statefulset;

import org.jspecify.annotations.NullMarked;
