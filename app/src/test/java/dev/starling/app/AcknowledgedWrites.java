package dev.starling.app;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Two clients that create ConfigMaps as fast as they can, and what the server has told them is done. */
final class AcknowledgedWrites implements AutoCloseable {
    private static final int EACH = 400;

    private final Kubectl kubectl;
    private final List<Program> clients;

    AcknowledgedWrites(Kubectl kubectl) {
        this.kubectl = kubectl;
        this.clients = IntStream.of(1, 2).mapToObj(client -> apply(kubectl, client)).toList();
    }

    private static Program apply(Kubectl kubectl, int client) {
        // kubectl's own validation reads the whole schema again for every object before it sends the first.
        var program = kubectl.start("apply", "--validate=ignore", "-f", "-");
        program.type(IntStream.range(0, EACH).mapToObj(i -> """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: load-%d-%d}
                data: {value: "%d"}
                """.formatted(client, i, i)).collect(Collectors.joining()));
        program.endInput();
        return program;
    }

    /** Waits until so many are acknowledged; the clients go on. */
    void await(int many) {
        Eventually.see("much is acknowledged", () -> clients.stream().map(client -> client.out() + client.err())
                .toList().toString(), _ -> acknowledged().count() >= many);
    }

    private Stream<String> acknowledged() {
        return clients.stream().flatMap(client -> client.out().lines()).filter(line -> line.endsWith(" created"))
                .map(line -> line.substring(0, line.indexOf(' ')));
    }

    /** What was acknowledged and is not there; empty, unless the server has lost something. */
    List<String> lost() {
        var told = acknowledged().toList();
        var kept = List.of(kubectl.ok("get", "configmaps", "-o", "name").split("\n"));
        return told.stream().filter(name -> !kept.contains(name)).toList();
    }

    @Override
    public void close() {
        clients.forEach(Program::close);
    }
}
