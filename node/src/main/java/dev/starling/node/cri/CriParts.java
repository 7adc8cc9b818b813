package dev.starling.node.cri;

import dev.starling.node.host.Cgroups;
import dev.starling.node.runtime.Images;

/** What a runtime is put together from. */
record CriParts(Containerd containerd, CriConnection connection, Cgroups cgroups, Images images) {}
