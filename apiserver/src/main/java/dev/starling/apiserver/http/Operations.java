package dev.starling.apiserver.http;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What those who run a server ask of it beside the API.
 *
 * @param backup writes all objects as of one moment
 */
public record Operations(Snapshot backup) {
    /** A server without any of it. */
    public static final Operations NONE = new Operations(to -> {
        throw new IOException("this server keeps nothing that could be backed up");
    });

    /** The whole store. */
    @FunctionalInterface
    public interface Snapshot {
        void write(OutputStream to) throws IOException;
    }
}
