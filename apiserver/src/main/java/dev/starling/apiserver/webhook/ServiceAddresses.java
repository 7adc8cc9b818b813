package dev.starling.apiserver.webhook;

import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Where the server itself reaches a Service: at a ready endpoint if there is one, else at the Service's own address.
 * Pods can be reached from where the server runs.
 */
public final class ServiceAddresses {
    private final ObjectReader reader;
    private final RandomGenerator random;

    /** @param random picks among endpoints; used from many threads */
    public ServiceAddresses(ObjectReader reader, RandomGenerator random) {
        this.reader = reader;
        this.random = random;
    }

    /** @throws WebhookException if there is no such Service or port, or nobody serves it */
    public InetSocketAddress find(String namespace, String name, int port) {
        var service = reader.find(Kinds.SERVICES.key(namespace, name)).orElseThrow(() -> new WebhookException(
                "failed to call webhook: service \"" + name + "\" not found"));
        if (service.spec().text("type").equals("ExternalName")) {
            return new InetSocketAddress(service.spec().text("externalName"), port);
        }
        var asked = service.spec().array("ports").objects().stream()
                .filter(each -> each.at("port").number(0) == port).findFirst()
                .orElseThrow(() -> new WebhookException("failed to call webhook: no service port " + port
                        + " found for service \"" + name + "\""));
        String address = service.spec().text("clusterIP");
        return endpoint(service, asked.text("name")).orElseGet(() -> {
            if (address.isEmpty() || address.equals("None") || !service.spec().object("selector").isEmpty()) {
                throw new WebhookException("failed to call webhook: no endpoints available for service \"" + name
                        + "\"");
            }
            return new InetSocketAddress(address, port);
        });
    }

    private Optional<InetSocketAddress> endpoint(KubeObject service, String portName) {
        var found = reader.all(Kinds.ENDPOINT_SLICES, service.namespace()).stream()
                .filter(slice -> slice.labels().getOrDefault("kubernetes.io/service-name", "").equals(service.name()))
                .flatMap(slice -> slice.tree().array("ports").objects().stream()
                        .filter(port -> port.text("name").equals(portName))
                        .flatMap(port -> slice.tree().array("endpoints").objects().stream()
                                .filter(ServiceAddresses::isReady)
                                .map(endpoint -> new InetSocketAddress(endpoint.array("addresses").at(0).text(),
                                        (int) port.at("port").number(0)))))
                .toList();
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(random.nextInt(found.size())));
    }

    private static boolean isReady(JsonObject endpoint) {
        var ready = endpoint.at("conditions", "ready");
        return ready.isNull() || ready.flag();
    }
}
