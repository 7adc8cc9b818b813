/** The history of templates that StatefulSets and DaemonSets keep as ControllerRevisions. */
@NullMarked
package dev.starling.control.revision;

import org.jspecify.annotations.NullMarked;
