/** Passive loops and the drivers that own threads and clocks. */
@NullMarked
package dev.starling.kube.loop;

import org.jspecify.annotations.NullMarked;
