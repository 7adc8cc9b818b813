package dev.starling.apiserver.http;

import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.eclipse.jetty.util.Callback;

/** Counts the answers that were cut off because their clients did not read for too long. Thread-safe. */
final class UnreadAnswers implements MetricSource {
    private final LongAdder whole = new LongAdder();
    private final LongAdder streams = new LongAdder();

    /** The end of one answer: of a stream, once it has become one. */
    final class End extends Callback.Nested {
        private volatile boolean stream;

        private End(Callback callback) {
            super(callback);
        }

        void ofStream() {
            stream = true;
        }

        @Override
        public void failed(Throwable why) {
            failedBy(why, stream);
            super.failed(why);
        }
    }

    End end(Callback callback) {
        return new End(callback);
    }

    /** An answer broke off; only the patience of this server counts. */
    void failedBy(Throwable why, boolean stream) {
        boolean late = Stream.iterate(why, cause -> cause != null, Throwable::getCause).limit(8)
                .anyMatch(TimeoutException.class::isInstance);
        if (late) {
            (stream ? streams : whole).increment();
        }
    }

    @Override
    public List<Metric> metrics() {
        return List.of(counter("stream", streams), counter("whole", whole));
    }

    private static Metric counter(String kind, LongAdder counted) {
        return Metric.counter("apiserver_unread_answers_total",
                "Answers cut off because their clients did not read for too long.", Map.of("kind", kind),
                counted.sum());
    }
}
