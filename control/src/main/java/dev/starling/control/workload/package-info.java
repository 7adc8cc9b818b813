/** What controllers share: facts about pods, pods from templates, conditions, requests, and patches of one field. */
@NullMarked
package dev.starling.control.workload;

import org.jspecify.annotations.NullMarked;
