package dev.starling.node.cri;

import dev.starling.node.host.Cgroups;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Spares the start of a container a wait in the kernel. Whoever attaches a process to a cgroup waits until an RCU grace
 * period has passed, some 5 to 40 ms, unless somebody else attached one just before (the kernel's {@code
 * cgroup_threadgroup_rwsem}, see {@code kernel/rcu/sync.c}). So while a container is about to start, this attaches the
 * sandbox's first process, again and again, to the cgroup that it is in already, which changes nothing. Thread-safe.
 */
final class AttachLane {
    /** Measured: 16 ms between two are still soon enough. */
    private static final long EVERY_MILLIS = 10;
    private static final long AHEAD_NANOS = 150_000_000;

    private final Cgroups cgroups;
    private final AtomicLong until = new AtomicLong();
    private final AtomicBoolean open = new AtomicBoolean();

    AttachLane(Cgroups cgroups) {
        this.cgroups = cgroups;
    }

    /** A container will start soon. Returns at once. */
    void open(String group, long process) {
        until.set(System.nanoTime() + AHEAD_NANOS);
        if (open.compareAndSet(false, true)) {
            Thread.ofVirtual().name("attach-lane").start(() -> keepOpen(group, process));
        }
    }

    private void keepOpen(String group, long process) {
        try {
            boolean there = true;
            while (there && until.get() - System.nanoTime() > 0) {
                there = cgroups.attachAgain(group, process) && Waiting.pauseFor(EVERY_MILLIS);
            }
        } finally {
            open.set(false);
        }
    }
}
