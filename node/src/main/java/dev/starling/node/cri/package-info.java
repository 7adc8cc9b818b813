/**
 * The container runtime on containerd: its process, its CRI calls over gRPC, its images. The only package that knows
 * gRPC.
 */
@NullMarked
package dev.starling.node.cri;

import org.jspecify.annotations.NullMarked;
