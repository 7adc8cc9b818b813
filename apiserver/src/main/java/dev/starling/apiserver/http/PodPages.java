package dev.starling.apiserver.http;

import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.registry.Request;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.ApiException.Cause;
import dev.starling.kube.api.PodStreams;
import dev.starling.kube.api.PodStreams.ExecQuery;
import dev.starling.kube.api.PodStreams.LogQuery;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.Times;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** Serves the streams of pods: log, exec, attach and port-forward. */
final class PodPages {
    private static final System.Logger LOG = System.getLogger(PodPages.class.getName());
    private static final Set<String> STREAMS = Set.of("log", "exec", "attach", "portforward");
    private static final int LOG_BYTES = 32 << 10;

    private final Registry registry;
    private final PodStreams streams;
    private final Upgrades upgrades = new Upgrades();
    private final Stopping stopping;
    private final InstantSource clock;

    PodPages(Registry registry, PodStreams streams, Stopping stopping, InstantSource clock) {
        this.registry = registry;
        this.streams = streams;
        this.stopping = stopping;
        this.clock = clock;
    }

    boolean serves(ApiPath path) {
        return path.group().isEmpty() && path.resource().equals(Kinds.PODS.plural())
                && STREAMS.contains(path.subresource());
    }

    void serve(Request by, Exchange exchange, ApiRequest request, ObjectKey key) {
        var pod = registry.get(key.whole());
        var query = request.query();
        if (!key.subresource().equals("log")) {
            registry.connect(by, key, options(key, query));
        }
        switch (key.subresource()) {
            case "log" -> log(exchange, query, pod);
            case "exec" -> upgrades.serve(exchange, () -> exec(pod, query));
            case "attach" -> upgrades.serve(exchange, () ->
                    streams.attach(hosted(pod), execQuery(pod, query)));
            default -> upgrades.serve(exchange, () -> streams.portForward(hosted(pod), ports(query)));
        }
    }

    /** What a connection asks for, as admissions see it. */
    private static KubeObject options(ObjectKey key, Query query) {
        String kind = switch (key.subresource()) {
            case "exec" -> "PodExecOptions";
            case "attach" -> "PodAttachOptions";
            default -> "PodPortForwardOptions";
        };
        if (key.subresource().equals("portforward")) {
            return KubeObject.of(JsonObject.of("kind", kind, "apiVersion", "v1", "ports", ports(query)));
        }
        var options = JsonObject.builder().put("kind", kind).put("apiVersion", "v1");
        for (String flag : List.of("stdin", "stdout", "stderr", "tty")) {
            options.put(flag, query.flag(flag));
        }
        return KubeObject.of(options.putText("container", query.text("container"))
                .put("command", query.all("command")).build());
    }

    private URI exec(KubeObject pod, Query query) {
        var wanted = execQuery(pod, query);
        if (wanted.command().isEmpty()) {
            throw ApiException.invalid("", "PodExecOptions", "",
                    List.of(new Cause("FieldValueRequired", "Required value", "command")));
        }
        return streams.exec(hosted(pod), wanted);
    }

    private static ExecQuery execQuery(KubeObject pod, Query query) {
        return new ExecQuery(container(pod, query.text("container")), query.all("command"), query.flag("stdin"),
                query.flag("stdout"), query.flag("stderr"), query.flag("tty"));
    }

    private static List<Integer> ports(Query query) {
        var ports = new ArrayList<Integer>();
        for (String part : String.join(",", query.all("ports")).split(",")) {
            if (part.matches("[0-9]{1,5}")) {
                ports.add(Integer.parseInt(part));
            } else if (!part.isEmpty()) {
                throw ApiException.badRequest("strconv.ParseInt: parsing \"" + part + "\": invalid syntax");
            }
        }
        return List.copyOf(ports);
    }

    private static ObjectKey hosted(KubeObject pod) {
        if (pod.spec().text("nodeName").isEmpty()) {
            throw ApiException.badRequest("pod " + pod.name() + " does not have a host assigned");
        }
        return pod.key(Kinds.PODS);
    }

    /** The container that is meant, as upstream chooses it. */
    private static String container(KubeObject pod, String asked) {
        var names = names(pod, "containers");
        var inits = names(pod, "initContainers");
        if (!asked.isEmpty()) {
            if (Stream.of(names, inits, names(pod, "ephemeralContainers")).noneMatch(all -> all.contains(asked))) {
                throw ApiException.badRequest("container " + asked + " is not valid for pod " + pod.name());
            }
            return asked;
        }
        if (names.size() == 1) {
            return names.getFirst();
        }
        String choice = names.isEmpty() ? "" : ", choose one of: [" + String.join(" ", names) + "]";
        String more = inits.isEmpty() ? "" : " or one of the init containers: [" + String.join(" ", inits) + "]";
        throw ApiException.badRequest("a container name must be specified for pod " + pod.name() + choice + more);
    }

    private static List<String> names(KubeObject pod, String field) {
        return pod.spec().array(field).objects().stream().map(container -> container.text("name")).toList();
    }

    private void log(Exchange exchange, Query query, KubeObject pod) {
        var wanted = logQuery(pod, query);
        if (pod.spec().text("nodeName").isEmpty()) {
            Answer.text(exchange, 200, "");
            return;
        }
        try (var log = streams.logs(pod.key(Kinds.PODS), wanted)) {
            copy(exchange, log);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "log stream ended early pod=" + pod.namespacedName(), e);
            if (!exchange.answered()) {
                throw ApiException.internal("the log could not be read");
            }
        }
    }

    private void copy(Exchange exchange, InputStream log) throws IOException {
        Runnable end = () -> close(log);
        try (var stop = stopping.register(end); var out = exchange.stream(200, "text/plain", end)) {
            var buffer = new byte[LOG_BYTES];
            for (int read = read(log, buffer, out); read >= 0; read = read(log, buffer, out)) {
                out.write(buffer, 0, read);
            }
        }
    }

    /** What breaks off here breaks off there: to end it in good order would tell the client that it has all. */
    private static int read(InputStream log, byte[] buffer, Exchange.Stream out) throws IOException {
        try {
            return log.read(buffer);
        } catch (IOException e) {
            out.fail(e);
            throw e;
        }
    }

    private static void close(InputStream log) {
        try {
            log.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a log failed", e);
        }
    }

    private LogQuery logQuery(KubeObject pod, Query query) {
        var wrong = new ArrayList<Cause>();
        var tail = query.number("tailLines");
        var bytes = query.number("limitBytes");
        var seconds = query.number("sinceSeconds");
        if (tail.isPresent() && tail.getAsLong() < 0) {
            wrong.add(negative("tailLines", tail.getAsLong(), "must be greater than or equal to 0"));
        }
        if (bytes.isPresent() && bytes.getAsLong() < 1) {
            wrong.add(negative("limitBytes", bytes.getAsLong(), "must be greater than 0"));
        }
        if (seconds.isPresent() && query.has("sinceTime")) {
            wrong.add(new Cause("FieldValueForbidden",
                    "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified", ""));
        } else if (seconds.isPresent() && seconds.getAsLong() < 1) {
            wrong.add(negative("sinceSeconds", seconds.getAsLong(), "must be greater than 0"));
        }
        if (!wrong.isEmpty()) {
            throw ApiException.invalid("", "PodLogOptions", pod.name(), wrong);
        }
        return new LogQuery(container(pod, query.text("container")), query.flag("follow"), query.flag("previous"),
                query.flag("timestamps"), since(query), tail.isPresent()
                        ? OptionalInt.of((int) Math.min(tail.getAsLong(), Integer.MAX_VALUE)) : OptionalInt.empty(),
                bytes);
    }

    private Optional<Instant> since(Query query) {
        return query.has("sinceTime") ? Times.parse(query.text("sinceTime"))
                : query.number("sinceSeconds").stream().mapToObj(clock.instant()::minusSeconds).findFirst();
    }

    private static Cause negative(String field, long value, String rule) {
        return new Cause("FieldValueInvalid", "Invalid value: " + value + ": " + rule, field);
    }
}
