package dev.starling.node.runtime;

/** The way of a container: each state is reached at most once, in this order. */
public enum ContainerState { CREATED, RUNNING, EXITED }
