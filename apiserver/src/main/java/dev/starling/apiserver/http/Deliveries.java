package dev.starling.apiserver.http;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves many streams with few virtual threads, in the order in which they have something to send. A thread for each
 * stream would be woken for each event, which costs more than to send it. Threads run only while something waits, on
 * no more than half of the processors, so that requests find the others free. A stream stands in the queue once, which
 * bounds it. Thread-safe.
 */
final class Deliveries {
    /** After so many steps other virtual threads get their turn. */
    private static final int STEPS = 16;

    private final int most = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    private final ConcurrentLinkedQueue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private final ThreadFactory threads = Thread.ofVirtual().name("deliveries-", 0).factory();

    /** Takes a step of a stream soon; the step never blocks. */
    void soon(Runnable step) {
        ready.add(step);
        begin();
    }

    /** Takes a step that may block, on a thread of its own. */
    void apart(Runnable step) {
        threads.newThread(step).start();
    }

    private void begin() {
        int now = running.get();
        while (now < most) {
            if (running.compareAndSet(now, now + 1)) {
                threads.newThread(this::serve).start();
                return;
            }
            now = running.get();
        }
    }

    private void serve() {
        try {
            int steps = 0;
            for (var step = ready.poll(); step != null; step = ready.poll()) {
                step.run();
                steps++;
                if (steps % STEPS == 0) {
                    Thread.yield();
                }
            }
        } finally {
            running.decrementAndGet();
            if (!ready.isEmpty()) {
                begin();
            }
        }
    }
}
