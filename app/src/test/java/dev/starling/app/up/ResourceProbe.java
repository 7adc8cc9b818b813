package dev.starling.app.up;

import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks a server what it does with a resource. It changes nothing there: all it writes are dry runs. */
final class ResourceProbe implements AutoCloseable {
    static final String DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private static final String NAME = "compatibility";
    private static final String META = ";g=meta.k8s.io;v=v1";
    private static final List<String> SELECTABLE = List.of("involvedObject.apiVersion", "involvedObject.fieldPath",
            "involvedObject.kind", "involvedObject.name", "involvedObject.namespace",
            "involvedObject.resourceVersion", "involvedObject.uid", "reason", "regarding.apiVersion",
            "regarding.fieldPath", "regarding.kind", "regarding.name", "regarding.namespace",
            "regarding.resourceVersion", "regarding.uid", "reportingComponent", "reportingController", "source",
            "spec.clusterIP", "spec.driver", "spec.hostNetwork", "spec.nodeName", "spec.restartPolicy",
            "spec.schedulerName", "spec.serviceAccountName", "spec.signerName", "spec.type", "spec.unschedulable",
            "status.nominatedNodeName", "status.phase", "status.podIP", "status.podIPs", "status.replicas",
            "status.successful", "type");

    private final String url;
    private final HttpClient client;

    ResourceProbe(String url, Path kubeconfig) {
        this.url = url;
        this.client = HttpClient.newBuilder().sslContext(Kubeconfig.read(kubeconfig).access().tls()).build();
    }

    /** One resource in one version. */
    record Asked(String group, String version, String plural, String kind, boolean namespaced) {

        String collection() {
            return (group.isEmpty() ? "/api/" : "/apis/" + group + "/") + version
                    + (namespaced ? "/namespaces/default/" : "/") + plural;
        }

        String apiVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }

        String object() {
            return "{\"apiVersion\":\"" + apiVersion() + "\",\"kind\":\"" + kind + "\",\"metadata\":{\"name\":\""
                    + NAME + "\"}}";
        }
    }

    JsonObject json(String path, String accept) throws IOException, InterruptedException {
        return JsonReader.readObject(client.send(request(path).header("Accept", accept).build(),
                BodyHandlers.ofByteArray()).body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path));
    }

    private int write(String method, String path, String type, byte[] body) throws IOException, InterruptedException {
        return client.send(request(path).header("Content-Type", type).method(method, BodyPublishers.ofByteArray(body))
                .build(), BodyHandlers.discarding()).statusCode();
    }

    /** Forms of bodies; an object that is refused for what it says was read. */
    String takes(Asked asked) throws IOException, InterruptedException {
        var states = new LinkedHashMap<String, Integer>();
        String path = asked.collection() + "?dryRun=All";
        byte[] json = asked.object().getBytes(StandardCharsets.UTF_8);
        states.put("JSON", write("POST", path, "application/json", json));
        states.put("YAML", write("POST", path, "application/yaml", json));
        states.put("protobuf", write("POST", path, "application/vnd.kubernetes.protobuf", envelope(asked)));
        return told(states);
    }

    /** What was understood, and how the rest is refused. */
    private static String told(Map<String, Integer> states) {
        return states.entrySet().stream().map(state -> switch (state.getValue()) {
            case 200, 201, 202, 403, 404, 409, 422 -> state.getKey();
            default -> state.getKey() + ": " + state.getValue();
        }).collect(Collectors.joining(", "));
    }

    private static byte[] envelope(Asked asked) {
        var meta = new ByteArrayOutputStream();
        field(meta, 1, asked.apiVersion().getBytes(StandardCharsets.UTF_8));
        field(meta, 2, asked.kind().getBytes(StandardCharsets.UTF_8));
        var named = new ByteArrayOutputStream();
        field(named, 1, NAME.getBytes(StandardCharsets.UTF_8));
        var object = new ByteArrayOutputStream();
        field(object, 1, named.toByteArray());
        var all = new ByteArrayOutputStream();
        all.writeBytes(new byte[] {'k', '8', 's', 0});
        field(all, 1, meta.toByteArray());
        field(all, 2, object.toByteArray());
        return all.toByteArray();
    }

    /** A field of up to 127 bytes. */
    private static void field(ByteArrayOutputStream into, int number, byte[] value) {
        into.write(number << 3 | 2);
        into.write(value.length);
        into.writeBytes(value);
    }

    /** Forms of lists and of watches. */
    String gives(Asked asked, boolean watched) throws IOException, InterruptedException {
        var forms = new LinkedHashMap<String, String>();
        forms.put("JSON", "application/json");
        forms.put("YAML", "application/yaml");
        forms.put("protobuf", "application/vnd.kubernetes.protobuf");
        forms.put("Table", "application/json;as=Table" + META);
        forms.put("metadata", "application/json;as=PartialObjectMetadataList" + META);
        var states = new LinkedHashMap<String, Integer>();
        for (var form : forms.entrySet()) {
            states.put(form.getKey(), read(asked.collection() + "?limit=1", form.getValue()));
            if (watched && !form.getKey().equals("YAML")) {
                states.put(form.getKey() + " watch", read(asked.collection() + "?watch=1&timeoutSeconds=1",
                        form.getValue().replace("MetadataList", "Metadata")));
            }
        }
        boolean all = watched && List.of("JSON", "Table", "metadata").stream()
                .allMatch(form -> states.get(form).equals(states.get(form + " watch")));
        states.keySet().removeIf(form -> all && form.endsWith(" watch"));
        return told(states);
    }

    /** The status; 406 for an answer in another form. The body of a watch is not awaited. */
    private int read(String path, String accept) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(request(path).header("Accept", accept).build(),
                BodyHandlers.ofInputStream());
        try (var body = answer.body()) {
            String type = answer.headers().firstValue("Content-Type").orElse("");
            boolean other = !type.startsWith(accept.split(";")[0]);
            return other ? 406 : answer.statusCode();
        }
    }

    String patches(Asked asked) throws IOException, InterruptedException {
        String path = asked.collection() + "/" + NAME + "?dryRun=All";
        byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
        var states = new LinkedHashMap<String, Integer>();
        states.put("JSON", write("PATCH", path, "application/json-patch+json", "[]".getBytes(StandardCharsets.UTF_8)));
        states.put("merge", write("PATCH", path, "application/merge-patch+json", empty));
        states.put("strategic", write("PATCH", path, "application/strategic-merge-patch+json", empty));
        states.put("apply", write("PATCH", path + "&fieldManager=me", "application/apply-patch+yaml",
                asked.object().getBytes(StandardCharsets.UTF_8)));
        return told(states);
    }

    String dryRun(Asked asked) throws IOException, InterruptedException {
        int answer = write("POST", asked.collection() + "?dryRun=All", "application/json",
                asked.object().getBytes(StandardCharsets.UTF_8));
        int after = read(asked.collection() + "/" + NAME, "application/json");
        return (answer == 201 || answer == 422 || answer == 403) && after == 404 ? "yes" : answer + ", " + after;
    }

    String selectors(Asked asked) throws IOException, InterruptedException {
        var known = new ArrayList<String>();
        for (String field : SELECTABLE) {
            if (read(asked.collection() + "?limit=1&fieldSelector=" + field + "%3Dx", "application/json") == 200) {
                known.add(field);
            }
        }
        return known.isEmpty() ? "–" : String.join(", ", known);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
