package dev.starling.node.probe;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.node.runtime.ContainerRuntime;
import dev.starling.node.runtime.ContainerRuntimeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Asks a container once. Blocks for at most the probe's timeout. Thread-safe. */
public final class Prober {
    private final ContainerRuntime runtime;

    public Prober(ContainerRuntime runtime) {
        this.runtime = runtime;
    }

    /** @param container its specification, by which named ports are found */
    public record Target(String containerId, String podIp, JsonObject container) {
    }

    public ProbeResult probe(ProbeSpec spec, Target target) {
        if (spec.json().has("exec")) {
            return exec(spec, target);
        }
        if (spec.json().has("httpGet")) {
            return http(spec, target);
        }
        return tcp(spec, target);
    }

    private ProbeResult exec(ProbeSpec spec, Target target) {
        var command = spec.json().array("exec", "command").texts();
        try {
            var result = runtime.exec(target.containerId(), command, spec.timeout());
            if (result.timedOut()) {
                return ProbeResult.failed("command timed out: \"" + String.join(" ", command)
                        + "\" timed out after " + spec.timeout().toSeconds() + "s");
            }
            return result.succeeded() ? ProbeResult.OK : ProbeResult.failed(result.stdout() + result.stderr());
        } catch (ContainerRuntimeException e) {
            return ProbeResult.failed(String.valueOf(e.getMessage()));
        }
    }

    private ProbeResult http(ProbeSpec spec, Target target) {
        var get = spec.json().object("httpGet");
        String host = get.text("host").isEmpty() ? target.podIp() : get.text("host");
        return new HttpProbe(get, host, port(get.at("port"), target.container()), spec.timeout()).ask();
    }

    private ProbeResult tcp(ProbeSpec spec, Target target) {
        var action = spec.json().object("tcpSocket");
        String host = action.text("host").isEmpty() ? target.podIp() : action.text("host");
        int port = port(action.at("port"), target.container());
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) spec.timeout().toMillis());
            return ProbeResult.OK;
        } catch (IOException | IllegalArgumentException e) {
            return ProbeResult.failed(dial(host, port, e));
        }
    }

    /** As a Go program words a connection that can't be made. */
    static String dial(String host, int port, Exception e) {
        String why = e instanceof SocketTimeoutException ? "i/o timeout"
                : String.valueOf(e.getMessage()).contains("refused") ? "connect: connection refused"
                : String.valueOf(e.getMessage());
        return "dial tcp " + host + ":" + port + ": " + why;
    }

    /** A port's number; -1 for a name that the container does not declare. */
    static int port(Json port, JsonObject container) {
        if (!(port instanceof JsonString(var name))) {
            return (int) port.number(-1);
        }
        for (var declared : container.array("ports").objects()) {
            if (declared.text("name").equals(name)) {
                return (int) declared.at("containerPort").number(-1);
            }
        }
        return name.chars().allMatch(Character::isDigit) && name.length() < 6 ? Integer.parseInt(name) : -1;
    }
}
