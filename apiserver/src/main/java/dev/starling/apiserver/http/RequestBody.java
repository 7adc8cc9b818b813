package dev.starling.apiserver.http;

import dev.starling.kube.api.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.NanoTime;

/** The body of one request: read whole within bounds, as a stream, or away, if nobody wanted it. */
final class RequestBody {
    private static final int STEP_BYTES = 16 << 10;
    /** More than that is not read when nobody wants it. */
    private static final int UNWANTED_BYTES = 256 << 10;

    private final Request request;
    private final int most;
    private final Duration time;
    private boolean taken;

    RequestBody(Request request, ServerLimits limits) {
        this.request = request;
        this.most = limits.bodyBytes();
        this.time = limits.bodyTime();
    }

    /** @throws ApiException if it is too large, too slow or cut short */
    byte[] whole() {
        if (request.getLength() > most) {
            throw tooLarge();
        }
        long start = NanoTime.now();
        // What a sender only promises takes no memory yet. One byte more than that shows the end without growing.
        var body = new byte[request.getLength() < 0 ? STEP_BYTES
                : (int) Math.min(request.getLength() + 1, STEP_BYTES)];
        int size = 0;
        try (var in = Content.Source.asInputStream(request)) {
            for (int n = in.read(body); n >= 0; n = in.read(body, size, body.length - size)) {
                size += n;
                if (size > most) {
                    throw tooLarge();
                }
                if (late(start)) {
                    throw slow();
                }
                body = size == body.length ? Arrays.copyOf(body, size * 2) : body;
            }
        } catch (IOException e) {
            throw slow();
        }
        taken = true;
        return Arrays.copyOf(body, size);
    }

    InputStream stream() {
        taken = true;
        return Content.Source.asInputStream(request);
    }

    /** Whether the connection can serve on: nothing of the body is left, or little, which is read now. */
    boolean settled() {
        var headers = request.getHeaders();
        boolean any = headers.contains(HttpHeader.CONTENT_LENGTH) || headers.contains(HttpHeader.TRANSFER_ENCODING);
        return !any || taken || drained();
    }

    private boolean drained() {
        if (request.getLength() > UNWANTED_BYTES) {
            return false;
        }
        long start = NanoTime.now();
        var step = new byte[STEP_BYTES];
        try (var in = stream()) {
            int read = 0;
            for (int n = in.read(step); n >= 0; n = in.read(step)) {
                read += n;
                if (read > UNWANTED_BYTES || late(start)) {
                    return false;
                }
            }
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private boolean late(long start) {
        return NanoTime.millisSince(start) > time.toMillis();
    }

    private ApiException tooLarge() {
        return new ApiException(ApiException.Reason.REQUEST_ENTITY_TOO_LARGE,
                "Request entity too large: limit is " + most);
    }

    private static ApiException slow() {
        return new ApiException(ApiException.Reason.TIMEOUT,
                "Timeout: request did not complete within the allotted timeout");
    }
}
