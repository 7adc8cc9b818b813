package dev.starling.app.up;

import dev.starling.kube.api.PodStreams;
import dev.starling.kube.object.ObjectKey;
import java.io.InputStream;
import java.net.URI;
import java.util.List;

/** The streams of pods, once the pool has started. */
record LateStreams(Late<PodStreams> streams) implements PodStreams {

    @Override
    public InputStream logs(ObjectKey pod, LogQuery query) {
        return streams.part().logs(pod, query);
    }

    @Override
    public URI exec(ObjectKey pod, ExecQuery query) {
        return streams.part().exec(pod, query);
    }

    @Override
    public URI attach(ObjectKey pod, ExecQuery query) {
        return streams.part().attach(pod, query);
    }

    @Override
    public URI portForward(ObjectKey pod, List<Integer> ports) {
        return streams.part().portForward(pod, ports);
    }
}
