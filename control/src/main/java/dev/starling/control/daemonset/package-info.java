/** Keeps one pod of a DaemonSet on every node that it fits. */
@NullMarked
package dev.starling.control.daemonset;

import org.jspecify.annotations.NullMarked;
