package dev.starling.apiserver.fairness;

import dev.starling.kube.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The seats of one level and the queues before them. A flow is dealt a hand of queues by its hash and joins the
 * shortest; free seats go to the queues in turn, so that a flow that fills its queues delays others by little.
 * Thread-safe.
 */
final class PriorityLevel {
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ArrayDeque<Semaphore>> queues = new ArrayList<>(); // under the lock, as all below
    private Limits limits = new Limits(true, false, 0, 0, 1, 1, 0);
    private int executing;
    private int waiting;
    private int turn;

    private final LongAdder dispatched = new LongAdder();
    private final LongAdder full = new LongAdder();
    private final LongAdder late = new LongAdder();

    /**
     * What a configuration says.
     *
     * @param exempt has as many seats as it wants
     * @param rejects has no queues
     * @param shares of all seats, by which the levels divide them
     */
    record Limits(boolean exempt, boolean rejects, int shares, int seats, int queues, int hand, int length) {

        static Limits of(JsonObject spec) {
            boolean exempt = spec.text("type").equals("Exempt");
            var limited = spec.object("limited");
            var response = limited.object("limitResponse");
            var queuing = response.object("queuing");
            int shares = (int) (exempt ? spec.object("exempt") : limited).at("nominalConcurrencyShares")
                    .number(exempt ? 0 : 30);
            int queues = Math.clamp(queuing.at("queues").number(64), 1, 10_000);
            return new Limits(exempt, !response.text("type").equals("Queue"), shares, 0, queues,
                    Math.clamp(queuing.at("handSize").number(8), 1, queues),
                    Math.clamp(queuing.at("queueLengthLimit").number(50), 1, 10_000));
        }

        Limits with(int all) {
            return new Limits(exempt, rejects, shares, all, queues, hand, length);
        }
    }

    /** Why there was no seat. */
    enum Refusal {
        QUEUE_FULL("queue-full"), CONCURRENCY_LIMIT("concurrency-limit"), TIME_OUT("time-out");

        private final String text;

        Refusal(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    PriorityLevel(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** From now on. Those who wait already keep their places. */
    void configure(Limits wanted) {
        lock.lock();
        try {
            limits = wanted;
            while (queues.size() < wanted.queues()) {
                queues.add(new ArrayDeque<>(0));
            }
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a seat, waiting up to a time for it; nothing said means that there is one.
     *
     * @param flow the hash of the flow, asked for only if there is a queue to choose
     */
    Optional<Refusal> acquire(LongSupplier flow, Duration most) throws InterruptedException {
        Semaphore mine;
        ArrayDeque<Semaphore> queue;
        lock.lock();
        try {
            if (limits.exempt() || executing < limits.seats() && waiting == 0) {
                executing++;
                dispatched.increment();
                return Optional.empty();
            }
            mine = new Semaphore(0);
            queue = shortest(flow.getAsLong());
            if (limits.rejects() || queue.size() >= limits.length()) {
                full.increment();
                return Optional.of(limits.rejects() ? Refusal.CONCURRENCY_LIMIT : Refusal.QUEUE_FULL);
            }
            queue.add(mine);
            waiting++;
        } finally {
            lock.unlock();
        }
        return mine.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS) || !leave(queue, mine) ? Optional.empty()
                : Optional.of(Refusal.TIME_OUT);
    }

    /** False if a seat came just now. */
    private boolean leave(ArrayDeque<Semaphore> queue, Semaphore mine) {
        lock.lock();
        try {
            boolean waited = queue.remove(mine);
            if (waited) {
                waiting--;
                late.increment();
            }
            return waited;
        } finally {
            lock.unlock();
        }
    }

    /** The shortest queue of the flow's hand: different queues, drawn one after the other from its hash. */
    private ArrayDeque<Semaphore> shortest(long flow) {
        int count = limits.queues();
        var best = queues.get((int) Long.remainderUnsigned(flow, count));
        long rest = Long.divideUnsigned(flow, count);
        var dealt = new ArrayList<Integer>(List.of((int) Long.remainderUnsigned(flow, count)));
        for (int i = 1; i < limits.hand(); i++) {
            int card = (int) Long.remainderUnsigned(rest, count - i);
            rest = Long.divideUnsigned(rest, count - i);
            dealt.sort(null);
            for (int earlier : dealt) {
                card += card >= earlier ? 1 : 0;
            }
            dealt.add(card);
            best = queues.get(card).size() < best.size() ? queues.get(card) : best;
        }
        return best;
    }

    void release() {
        lock.lock();
        try {
            executing--;
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    private void dispatch() {
        while (waiting > 0 && (limits.exempt() || executing < limits.seats())) {
            do {
                turn = (turn + 1) % queues.size();
            } while (queues.get(turn).isEmpty());
            waiting--;
            executing++;
            dispatched.increment();
            queues.get(turn).remove().release();
        }
    }

    /** What is measured. */
    record Figures(int seats, int executing, int waiting, long dispatched, long full, long late) {
    }

    Figures figures() {
        lock.lock();
        try {
            return new Figures(limits.seats(), executing, waiting, dispatched.sum(), full.sum(), late.sum());
        } finally {
            lock.unlock();
        }
    }
}
