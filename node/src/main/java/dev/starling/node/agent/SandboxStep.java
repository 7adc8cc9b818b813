package dev.starling.node.agent;

import dev.starling.node.pool.Claim;
import java.util.Optional;

/**
 * How far a pod's sandbox is.
 *
 * @param claim the sandbox that the pod has
 * @param removed everything that the pod had on the host is gone, for good
 */
record SandboxStep(Optional<Claim> claim, Trouble trouble, boolean removed) {
    static final SandboxStep NONE = new SandboxStep(Optional.empty(), Trouble.NONE, false);

    String ip() {
        return claim.map(Claim::ip).orElse("");
    }
}
