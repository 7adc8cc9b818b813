/** What users bring, and random workloads, on the whole system in one thread and on a virtual clock. */
@NullMarked
package dev.starling.app.scenario;

import org.jspecify.annotations.NullMarked;
