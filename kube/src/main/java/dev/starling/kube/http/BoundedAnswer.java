package dev.starling.kube.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks servers that nobody need trust: neither how long they take nor how much they say is up to them. */
public final class BoundedAnswer {
    private BoundedAnswer() {
    }

    /**
     * The whole answer.
     *
     * @throws HttpTimeoutException if it has not come to its end in time
     * @throws IOException if it is larger than that, or does not come
     */
    public static HttpResponse<byte[]> of(HttpClient client, HttpRequest request, Duration most, int mostBytes)
            throws IOException {
        var answer = client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes));
        try {
            return answer.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no whole answer from " + request.uri() + " in " + most.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            answer.cancel(true);
        }
    }
}
