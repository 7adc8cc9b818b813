package dev.starling.apiserver.http;

import dev.starling.kube.json.JsonObject;
import java.io.InputStream;

/**
 * Takes a file that a client sends, of any size: it reads the stream to its end and answers with a document. Refusals
 * are {@code ApiException}s; a stream that breaks off throws an {@code IOException} from its read.
 */
@FunctionalInterface
public interface Upload {
    JsonObject take(InputStream file) throws java.io.IOException;
}
