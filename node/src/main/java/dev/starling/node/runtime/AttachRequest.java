package dev.starling.node.runtime;

/** The streams of a container's main process to connect to. */
public record AttachRequest(boolean stdin, boolean stdout, boolean stderr, boolean tty) {}
