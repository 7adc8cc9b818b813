package dev.starling.apiserver.http;

import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/** How much may be in flight: reads, writes and lasting streams apart. What is too much is refused at once. */
final class Limits implements FlowControl {
    private static final int RETRY_SECONDS = 1;

    private final Lane reads;
    private final Lane writes;
    private final Lane streams;

    /** One kind of request. */
    record Lane(int most, Semaphore free, LongAdder refused) {
        Lane(int most) {
            this(most, new Semaphore(most), new LongAdder());
        }

        int inFlight() {
            return most - free.availablePermits();
        }
    }

    Limits(ServerLimits limits) {
        reads = new Lane(limits.reads());
        writes = new Lane(limits.writes());
        streams = new Lane(limits.streams());
    }

    @Override
    public Permit admit(ApiRequest request, Caller caller) {
        var lane = request.lasting() ? streams : request.reads() ? reads : writes;
        if (!lane.free().tryAcquire()) {
            lane.refused().increment();
            throw ApiException.tooManyRequests("too many requests, please try again later", RETRY_SECONDS);
        }
        return lane.free()::release;
    }

    Lane reads() {
        return reads;
    }

    Lane writes() {
        return writes;
    }

    Lane streams() {
        return streams;
    }
}
