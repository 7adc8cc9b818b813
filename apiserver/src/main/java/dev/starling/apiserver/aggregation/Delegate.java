package dev.starling.apiserver.aggregation;

import dev.starling.apiserver.registry.ObjectReader;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Another server that answers for one version of one group, as an APIService names it.
 *
 * @param object the APIService as it was when this was made
 * @param mark what requests to it tell of this server, so that one that comes back goes round no second time
 */
public record Delegate(KubeObject object, HttpClient client, String mark) {
    /** Where a request tells by whom it came (RFC 9110, 7.6.3). */
    public static final String VIA = "Via";
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** @throws IllegalArgumentException if its authority can't be read */
    static Delegate of(KubeObject service, KeyManager[] identity, String mark) {
        try {
            var spec = service.spec();
            String authority = new String(Base64.getDecoder().decode(spec.text("caBundle")),
                    StandardCharsets.US_ASCII);
            boolean any = spec.flag("insecureSkipTLSVerify");
            if (!any && authority.isEmpty()) {
                throw new IllegalArgumentException("it has neither caBundle nor insecureSkipTLSVerify");
            }
            var context = SSLContext.getInstance("TLS");
            String name = spec.text("service", "name") + "." + spec.text("service", "namespace") + ".svc";
            context.init(identity, new TrustManager[] {new ServiceTrust(name, any ? "" : authority)},
                    new SecureRandom());
            return new Delegate(service, HttpClient.newBuilder().sslContext(context).connectTimeout(CONNECT)
                    .version(HttpClient.Version.HTTP_1_1).build(), mark);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Whether a request with this header {@code Via} has been here before. */
    public boolean leadsBack(String via) {
        return Stream.of(via.split(",")).map(String::strip).anyMatch(mark::equals);
    }

    /** The header {@code Via} of a request that goes on: whom it came by, and this server. */
    public String via(String before) {
        return before.isEmpty() ? mark : before + ", " + mark;
    }

    public String group() {
        return object.spec().text("group");
    }

    public String version() {
        return object.spec().text("version");
    }

    /** The name by which it is known, whatever its address. */
    public String host() {
        return service() + "." + namespace() + ".svc";
    }

    String namespace() {
        return object.spec().text("service", "namespace");
    }

    String service() {
        return object.spec().text("service", "name");
    }

    long port() {
        return object.spec().at("service", "port").number(443);
    }

    /** Where it can be reached just now: the ready endpoints of its Service. */
    public List<URI> addresses(ObjectReader reader) {
        var found = reader.find(Kinds.SERVICES.key(namespace(), service()));
        var port = found.stream().flatMap(s -> s.spec().array("ports").objects().stream())
                .filter(p -> p.at("port").number(0) == port()).findFirst();
        if (port.isEmpty()) {
            return List.of();
        }
        var addresses = new ArrayList<URI>();
        reader.all(Kinds.ENDPOINT_SLICES, namespace()).stream()
                .filter(slice -> service().equals(slice.labels().get("kubernetes.io/service-name")))
                .forEach(slice -> addAll(addresses, slice.tree(), port.get().text("name")));
        return addresses;
    }

    private static void addAll(List<URI> addresses, JsonObject slice, String portName) {
        Optional<Long> number = slice.array("ports").objects().stream()
                .filter(port -> port.text("name").equals(portName)).map(port -> port.at("port").number(0)).findFirst();
        for (var endpoint : slice.array("endpoints").objects()) {
            boolean ready = !endpoint.object("conditions").has("ready") || endpoint.flag("conditions", "ready");
            if (ready && number.isPresent()) {
                endpoint.array("addresses").texts().forEach(address -> addresses.add(URI.create("https://"
                        + (address.contains(":") ? "[" + address + "]" : address) + ":" + number.get())));
            }
        }
    }
}
