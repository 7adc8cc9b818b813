package dev.starling.node.cri;

import dev.starling.node.host.Cgroups;

/** What a runtime is put together from. */
record CriParts(Containerd containerd, CriConnection connection, Cgroups cgroups, CriImages images) {}
