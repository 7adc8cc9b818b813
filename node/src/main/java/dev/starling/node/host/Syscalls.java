package dev.starling.node.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The few calls of the kernel that neither the JDK nor a tool makes cheaply enough. The only foreign functions in this
 * module.
 */
final class Syscalls {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWUTS = 0x04000000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_VALUE = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN = function("open",
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE = function("close",
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SETNS = function("setns",
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SETHOSTNAME = function("sethostname",
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

    private Syscalls() {}

    private static MethodHandle function(String name, FunctionDescriptor shape) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, ERRNO);
    }

    /**
     * Names the host of the namespace that a file such as {@code /proc/1/ns/uts} stands for. A thread that entered a
     * namespace can't be trusted with other work, so a platform thread is born for it and dies with it.
     */
    static void renameHost(Path utsNamespace, String hostname) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name("rename-host").uncaughtExceptionHandler((_, e) -> failure.set(e))
            .start(() -> renameOnThisThread(utsNamespace, hostname));
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while naming a host", e);
        }
        if (failure.get() != null) {
            throw new UncheckedIOException(new IOException("can't name the host " + hostname, failure.get()));
        }
    }

    private static void renameOnThisThread(Path utsNamespace, String hostname) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment path = arena.allocateFrom(utsNamespace.toString());
            int file = check("open", state, (int) OPEN.invokeExact(state, path, O_RDONLY_CLOEXEC));
            try {
                check("setns", state, (int) SETNS.invokeExact(state, file, CLONE_NEWUTS));
                long length = hostname.getBytes(StandardCharsets.UTF_8).length;
                MemorySegment name = arena.allocateFrom(hostname);
                check("sethostname", state, (int) SETHOSTNAME.invokeExact(state, name, length));
            } finally {
                check("close", state, (int) CLOSE.invokeExact(state, file));
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static int check(String call, MemorySegment state, int result) {
        if (result < 0) {
            throw new IllegalStateException(call + " failed with errno " + (int) ERRNO_VALUE.get(state, 0L));
        }
        return result;
    }
}
