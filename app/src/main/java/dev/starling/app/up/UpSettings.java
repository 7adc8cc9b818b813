package dev.starling.app.up;

import dev.starling.app.options.Arguments;
import dev.starling.app.options.Arguments.UsageException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How {@code starling up} was asked to run.
 *
 * @param port 0 for any free one
 * @param makeProfile whether {@code fp-default} is made where there is no profile at all
 * @param mirrors where images are asked for before their own registry, each {@code REGISTRY=URL}
 * @param services by what Services are reached
 */
public record UpSettings(Path data, String host, int port, Runtime runtime, boolean makeProfile,
        List<String> mirrors, PoolOptions pool, ServiceSettings services, OpsSettings ops) {
    private static final int USUAL_PORT = 6443;
    public static final String USAGE = """
            Usage: starling up [OPTIONS]     runs Starling in the foreground; Ctrl-C stops it and its pods

              --data DIR            where everything of this instance lies      [$STARLING_DATA, else
                                    ~/.local/share/starling]
              --listen HOST:PORT    where the Kubernetes API is served          [127.0.0.1:6443]
              --runtime NAME        containerd, or simulated: no containers     [containerd]
                                    and no root, for planning
              --no-profile          makes no Fargate profile fp-default where there is none
              --mirror REGISTRY=URL asks this registry first for images of REGISTRY; may stand several times
              --encryption-provider-config FILE
                                    encrypts Secrets and others at rest: an EncryptionConfiguration
              --audit-policy-file FILE, --audit-log-path FILE
                                    records requests: a Policy of audit.k8s.io/v1, and where to
              --event-ttl TIME      how long events stay after they were last seen [1h]
              --history-age TIME, --history-changes N
                                    from how old and how many changes watches go on [5m, 20000]
              --cbor                clients may speak CBOR, which is alpha in Kubernetes
              --warm N              how many sandboxes wait for pods            [2]
              --nodes N             with --runtime simulated: how many virtual nodes [1]
              --node-size CPU,MEMORY,PODS
                                    with --runtime simulated: how large each is, such as 4,32Gi,110
              --service-node-port-range FIRST-LAST
                                    ports of Services of type NodePort          [30000-32767]
              --load-balancer-range RANGE
                                    addresses of Services of type LoadBalancer, such as 192.0.2.0/28;
                                    without it they stay pending

            It writes DIR/kubeconfig: export KUBECONFIG=DIR/kubeconfig, then use kubectl.
            """;

    /** What turns pods into something that runs. */
    public enum Runtime { CONTAINERD, SIMULATED }

    public UpSettings {
        mirrors = List.copyOf(mirrors);
        if (port < 0 || port > 65_535) {
            throw new UsageException("--listen: port " + port + " is not between 0 and 65535");
        }
    }

    /** @throws UsageException in one line, if the words make no sense */
    public static UpSettings parse(List<String> words, Path usualData) {
        var arguments = new Arguments(words, options(),
                Set.of("--no-profile", OpsSettings.CBOR));
        String listen = arguments.find("--listen").orElse("127.0.0.1:" + USUAL_PORT);
        int colon = listen.lastIndexOf(':');
        if (colon <= 0) {
            throw new UsageException("--listen takes HOST:PORT, not " + listen);
        }
        var runtime = runtime(arguments.find("--runtime").orElse("containerd"));
        return new UpSettings(arguments.find("--data").map(Path::of).orElse(usualData),
                host(listen.substring(0, colon)), whole("--listen", listen.substring(colon + 1)),
                runtime, !arguments.has("--no-profile"), arguments.all("--mirror"), PoolOptions.of(arguments, runtime),
                ServiceSettings.of(arguments), OpsSettings.of(arguments));
    }

    private static Set<String> options() {
        var options = new HashSet<>(Set.of("--data", "--listen", "--runtime", "--mirror"));
        options.addAll(PoolOptions.OPTIONS);
        options.addAll(OpsSettings.OPTIONS);
        options.addAll(HistorySettings.OPTIONS);
        options.addAll(ServiceSettings.OPTIONS);
        return options;
    }

    /** The host without the brackets in which an IPv6 address stands before a port. */
    private static String host(String text) {
        if (text.startsWith("[") && text.endsWith("]")) {
            return text.substring(1, text.length() - 1);
        }
        if (text.contains(":")) {
            throw new UsageException("--listen: an IPv6 address stands in brackets: [" + text + "]:PORT");
        }
        return text;
    }

    /** Where clients on this machine reach a server on a host: not at an address that means all addresses. */
    static String reached(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> host;
        };
    }

    private static Runtime runtime(String name) {
        return switch (name) {
            case "containerd" -> Runtime.CONTAINERD;
            case "simulated" -> Runtime.SIMULATED;
            default -> throw new UsageException("--runtime is containerd or simulated, not " + name);
        };
    }

    static int whole(String option, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new UsageException(option + ": " + text + " is not a whole number");
        }
    }
}
