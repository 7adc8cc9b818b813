package dev.starling.apiserver.fairness;

import dev.starling.kube.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The seats of one level and the queues before them. A flow is dealt a hand of queues by its hash and joins the
 * shortest. A free seat goes to the queue that had least so far, so that a flow that fills its queues delays others by
 * little. What a level lends is free for those that may borrow, until its own requests come. Thread-safe.
 */
final class PriorityLevel {
    private final String name;
    private final SeatPool pool;
    private final List<Queue> queues = new ArrayList<>(); // under the pool's lock, as all below
    private Limits limits = Limits.NONE;
    private int executing;
    private int seated;
    private int waiting;
    private long progress;

    private final LongAdder dispatched = new LongAdder();
    private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class); // its keys never change

    /** Those who wait in turn, and how many seats the queue had so far, in the count of all queues. */
    private static final class Queue {
        private final ArrayDeque<Waiter> waiters = new ArrayDeque<>(0);
        private long had;
    }

    private record Waiter(Semaphore called, int width) {
    }

    /**
     * What a configuration says.
     *
     * @param exempt has as many seats as it wants
     * @param rejects has no queues
     * @param shares of all seats, by which the levels divide them
     * @param lends hundredths of its seats that others may use while it does not
     * @param borrows hundredths of its seats that it may have beyond them; negative for any number
     */
    record Limits(boolean exempt, boolean rejects, int shares, int seats, int lends, int borrows, Queuing queuing) {
        static final Limits NONE = new Limits(true, false, 0, 0, 0, 0, new Queuing(1, 1, 0));

        static Limits of(JsonObject spec) {
            boolean exempt = spec.text("type").equals("Exempt");
            var limited = spec.object(exempt ? "exempt" : "limited");
            var response = limited.object("limitResponse");
            int shares = (int) limited.at("nominalConcurrencyShares").number(exempt ? 0 : 30);
            return new Limits(exempt, !response.text("type").equals("Queue"), shares, 0,
                    (int) limited.at("lendablePercent").number(0), (int) limited.at("borrowingLimitPercent").number(-1),
                    Queuing.of(response.object("queuing")));
        }

        Limits with(int all) {
            return new Limits(exempt, rejects, shares, all, lends, borrows, queuing);
        }

        /** Nothing is kept for those who might still come. */
        Limits lendingAll() {
            return new Limits(exempt, rejects, shares, seats, 100, borrows, queuing);
        }

        /** What nobody else may use. */
        int kept() {
            return seats - Math.round(seats * lends / 100f);
        }

        /** What it may have at most. */
        long most() {
            return borrows < 0 ? Integer.MAX_VALUE : seats + Math.round(seats * (borrows / 100.0));
        }
    }

    /** How requests wait. */
    record Queuing(int queues, int hand, int length) {
        static Queuing of(JsonObject queuing) {
            int queues = Math.clamp(queuing.at("queues").number(64), 1, 10_000);
            return new Queuing(queues, Math.clamp(queuing.at("handSize").number(8), 1, queues),
                    Math.clamp(queuing.at("queueLengthLimit").number(50), 1, 10_000));
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

    PriorityLevel(String name, SeatPool pool) {
        this.name = name;
        this.pool = pool;
        for (var why : Refusal.values()) {
            refused.put(why, new LongAdder());
        }
    }

    String name() {
        return name;
    }

    /** From now on; under the pool's lock. Those who wait already keep their places. */
    void configure(Limits wanted) {
        limits = wanted;
        while (queues.size() < wanted.queuing().queues()) {
            queues.add(new Queue());
        }
    }

    /** How many seats a request of that width takes here. A level is never too small for a request. */
    int fitted(int width) {
        return limits.exempt() ? 0 : Math.clamp(width, 1, Math.max(1, limits.seats() / 2));
    }

    /**
     * Takes seats, waiting up to a time for them; nothing said means that they are there.
     *
     * @param flow the hash of the flow, asked for only if there is a queue to choose
     * @param width as {@link #fitted} said
     */
    Optional<Refusal> acquire(LongSupplier flow, int width, Duration most) throws InterruptedException {
        Waiter mine;
        Queue queue;
        pool.lock();
        try {
            if (waiting == 0 && fits(width) && (owns(width) || !pool.owes())) {
                sit(width);
                return Optional.empty();
            }
            mine = new Waiter(new Semaphore(0), width);
            queue = shortest(flow.getAsLong());
            if (limits.rejects() || queue.waiters.size() >= limits.queuing().length()) {
                return refuse(limits.rejects() ? Refusal.CONCURRENCY_LIMIT : Refusal.QUEUE_FULL);
            }
            queue.had = queue.waiters.isEmpty() ? Math.max(queue.had, progress) : queue.had;
            queue.waiters.add(mine);
            waiting++;
        } finally {
            pool.unlock();
        }
        return mine.called().tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS) || !leave(queue, mine)
                ? Optional.empty() : refuse(Refusal.TIME_OUT);
    }

    private Optional<Refusal> refuse(Refusal why) {
        refused.get(why).increment();
        return Optional.of(why);
    }

    private boolean fits(int width) {
        return limits.exempt() || seated + width <= limits.kept()
                || seated + width <= limits.most() && pool.hasRoom(this, width);
    }

    /** Whether so many seats more are its own. */
    private boolean owns(int width) {
        return limits.exempt() || seated + width <= limits.seats();
    }

    /** Whether somebody waits for a seat that is its own; under the pool's lock. */
    boolean isOwed() {
        return waiting > 0 && owns(next().waiters.element().width());
    }

    /** Nobody comes any more, but for those who wait already; under the pool's lock. */
    void retire() {
        limits = limits.lendingAll();
    }

    /** Whether somebody sits or waits here; under the pool's lock. */
    boolean used() {
        return executing > 0 || waiting > 0;
    }

    /** What others have to leave free for it, were it to have so many seats more; under the pool's lock. */
    int claimed(int more) {
        return limits.exempt() ? 0 : Math.max(seated + more, limits.kept());
    }

    private void sit(int width) {
        executing++;
        seated += width;
        dispatched.increment();
    }

    /** False if a seat came just now. */
    private boolean leave(Queue queue, Waiter mine) {
        pool.lock();
        try {
            boolean waited = queue.waiters.remove(mine);
            if (waited) {
                waiting--;
                pool.dispatch();
            }
            return waited;
        } finally {
            pool.unlock();
        }
    }

    /** The shortest queue of the flow's hand: different queues, drawn one after the other from its hash. */
    private Queue shortest(long flow) {
        int count = limits.queuing().queues();
        var best = queues.get((int) Long.remainderUnsigned(flow, count));
        long rest = Long.divideUnsigned(flow, count);
        var dealt = new ArrayList<Integer>(List.of((int) Long.remainderUnsigned(flow, count)));
        for (int i = 1; i < limits.queuing().hand(); i++) {
            int card = (int) Long.remainderUnsigned(rest, count - i);
            rest = Long.divideUnsigned(rest, count - i);
            dealt.sort(null);
            for (int earlier : dealt) {
                card += card >= earlier ? 1 : 0;
            }
            dealt.add(card);
            best = queues.get(card).waiters.size() < best.waiters.size() ? queues.get(card) : best;
        }
        return best;
    }

    void release(int width) {
        pool.lock();
        try {
            executing--;
            seated -= width;
            pool.dispatch();
        } finally {
            pool.unlock();
        }
    }

    private Queue next() {
        return queues.stream().filter(queue -> !queue.waiters.isEmpty())
                .min(Comparator.comparingLong((Queue queue) -> queue.had)
                        .thenComparingInt(queue -> queue.waiters.size())).orElseThrow();
    }

    /** Gives free seats to those who wait, its own, or borrowed ones, too; under the pool's lock. */
    void dispatch(boolean borrowing) {
        while (waiting > 0) {
            var next = next();
            int width = next.waiters.element().width();
            if (!fits(width) || !borrowing && !owns(width)) {
                return;
            }
            progress = next.had;
            next.had += Math.max(1, width);
            waiting--;
            sit(width);
            next.waiters.remove().called().release();
        }
    }

    /** What is measured. */
    record Figures(Limits limits, int executing, int seated, int waiting) {
    }

    Figures figures() {
        pool.lock();
        try {
            return new Figures(limits, executing, seated, waiting);
        } finally {
            pool.unlock();
        }
    }

    /** How many requests got a seat since the start. */
    long dispatched() {
        return dispatched.sum();
    }

    /** How many requests were refused so since the start. */
    long refused(Refusal why) {
        return refused.get(why).sum();
    }
}
