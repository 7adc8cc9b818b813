package dev.starling.node.pool;

/** A sandbox that belongs to one pod from now on. */
public record Claim(String sandboxId, String ip, boolean warm) {
}
