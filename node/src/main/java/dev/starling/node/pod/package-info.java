/** Pods read as what a node must do for them: typed views and pure functions of the pod's specification. */
@NullMarked
package dev.starling.node.pod;

import org.jspecify.annotations.NullMarked;
