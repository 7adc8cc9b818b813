package dev.starling.apiserver.http;

import dev.starling.kube.api.PodStreams;
import dev.starling.kube.object.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Remembers what it was asked for, and gives what a test prepared. */
final class FakePodStreams implements PodStreams {
    final List<Object> asked = new ArrayList<>();
    InputStream log = new ByteArrayInputStream("line\n".getBytes(StandardCharsets.UTF_8));
    URI address = URI.create("http://127.0.0.1:1/");

    @Override
    public InputStream logs(ObjectKey pod, LogQuery query) {
        asked.add(query);
        return log;
    }

    @Override
    public URI exec(ObjectKey pod, ExecQuery query) {
        asked.add(query);
        return address;
    }

    @Override
    public URI attach(ObjectKey pod, ExecQuery query) {
        asked.add(query);
        return address;
    }

    @Override
    public URI portForward(ObjectKey pod, List<Integer> ports) {
        asked.add(ports);
        return address;
    }
}
