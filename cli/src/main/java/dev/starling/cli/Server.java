package dev.starling.cli;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** A running server, as client commands need it. Refusals are {@link dev.starling.kube.api.ApiException}s. */
interface Server extends AutoCloseable {

    KubeApi api();

    /** Where it listens. */
    String address();

    /** The JSON at a path that is no resource, such as {@code /version}. */
    JsonObject read(String path);

    /** Sends a file as the body of a POST, without holding it in memory. */
    JsonObject send(String path, String mediaType, Path body);

    /** Copies what a path answers to a stream, without holding it in memory. */
    void receive(String path, OutputStream to) throws IOException;

    @Override
    void close();

    /** Finds servers. */
    interface Directory {
        /**
         * The server that a command is meant for: that of the file, else KUBECONFIG's, else the default data folder's.
         *
         * @param kubeconfig as a flag named it; empty if none did
         * @throws CliException if there is no such file
         */
        Server open(String kubeconfig, Session session);
    }
}
