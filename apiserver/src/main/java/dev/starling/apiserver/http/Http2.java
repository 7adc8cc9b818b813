package dev.starling.apiserver.http;

import dev.starling.kube.metric.Metric;
import dev.starling.kube.metric.MetricSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.RateControl;
import org.eclipse.jetty.http2.WindowRateControl;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;

/** HTTP/2 within bounds. The engine keeps them; here it is counted whenever one is reached. Thread-safe. */
final class Http2 extends HTTP2ServerConnectionFactory implements MetricSource {
    private final LongAdder refused = new LongAdder();
    private final LongAdder restless = new LongAdder();

    Http2(HttpConfiguration http, ServerLimits limits) {
        super(http);
        var allowed = new WindowRateControl.Factory(limits.connectionEvents());
        setRateControlFactory(new RateControl.Factory() {
            @Override
            public RateControl newRateControl(EndPoint endPoint) {
                return counting(allowed.newRateControl(endPoint));
            }
        });
        setMaxConcurrentStreams(limits.connectionStreams());
        setStreamIdleTimeout(limits.idle().toMillis());
        addEventListener(new HTTP2Session.FrameListener() {
            @Override
            public void onOutgoingFrame(Session session, Frame frame) {
                if (frame instanceof ResetFrame reset && reset.getError() == ErrorCode.REFUSED_STREAM_ERROR.code) {
                    refused.increment();
                }
            }
        });
    }

    private RateControl counting(RateControl control) {
        return event -> {
            boolean within = control.onEvent(event);
            if (!within) {
                restless.increment();
            }
            return within;
        };
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.counter("apiserver_refused_streams_total",
                        "Requests refused because their connection of HTTP/2 had too many open.", Map.of(),
                        refused.sum()),
                Connections.cut("restless", restless));
    }
}
