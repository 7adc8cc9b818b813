package dev.starling.apiserver.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;

/** Serves {@code /starling/backup}: the whole store as of one moment, as it is read. */
final class BackupPage {
    private static final System.Logger LOG = System.getLogger(BackupPage.class.getName());
    private static final int STEP_BYTES = 64 << 10;

    private final Operations.Snapshot snapshot;

    BackupPage(Operations.Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    void serve(Exchange exchange, ApiRequest request) {
        if (!request.path().equals("/starling/backup")) {
            Answer.text(exchange, 404, "404 page not found\n");
            return;
        }
        try (var stream = exchange.stream(200, "application/octet-stream", () -> { });
                var out = new BufferedOutputStream(piecewise(stream), STEP_BYTES)) {
            snapshot.write(out);
            LOG.log(Level.INFO, "backed up the store");
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a backup broke off", e);
            exchange.breakOff(e);
        }
    }

    private static OutputStream piecewise(Exchange.Stream stream) {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                stream.write(bytes, from, length);
            }
        };
    }
}
