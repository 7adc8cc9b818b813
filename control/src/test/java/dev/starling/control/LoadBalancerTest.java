package dev.starling.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ListQuery;
import dev.starling.kube.api.Patch;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Services of type LoadBalancer on a cluster that has two addresses for them: 198.51.100.1 and 198.51.100.2. */
final class LoadBalancerTest {
    @RegisterExtension
    private final TestCluster cluster = new TestCluster();

    private void make(String name, String spec) {
        cluster.apply("{apiVersion: v1, kind: Service, metadata: {name: " + name + "}, spec: {type: LoadBalancer, "
                + "ports: [{port: 80}]" + spec + "}}");
    }

    private static ObjectKey key(String name) {
        return Kinds.SERVICES.key("default", name);
    }

    private Optional<String> told(String name) {
        return cluster.find(key(name)).flatMap(service -> service.status().array("loadBalancer", "ingress").objects()
                .stream().map(ingress -> ingress.text("ip")).findFirst());
    }

    private String address(String name) {
        return cluster.await(() -> told(name));
    }

    private boolean warned(String name, String why) {
        return cluster.api().list(ListQuery.in(Kinds.EVENTS, "default")).items().stream().map(KubeObject::tree)
                .anyMatch(event -> event.text("involvedObject", "name").equals(name)
                        && event.text("reason").equals("SyncLoadBalancerFailed")
                        && event.text("message").endsWith(why));
    }

    @Test
    void everyBalancerHasAnAddressOfItsOwnWhileThereAreSome() {
        List.of("a", "b").forEach(name -> make(name, ""));
        assertEquals(Set.of("198.51.100.1", "198.51.100.2"), new HashSet<>(List.of(address("a"), address("b"))));
        make("c", "");
        cluster.awaitThat(() -> warned("c", "no address of 198.51.100.0/30 is free"));
        String free = address("a");
        cluster.api().patch(key("a"), new Patch.Merge(JsonObject.of("spec", JsonObject.of("type", "ClusterIP"))));
        assertEquals(free, address("c"));
        cluster.api().delete(key("b"));
        make("d", "");
        assertTrue(Set.of("198.51.100.1", "198.51.100.2").contains(address("d")));
    }

    @Test
    void aBalancerGetsTheAddressItNames() {
        make("a", ", loadBalancerIP: 198.51.100.2");
        assertEquals("198.51.100.2", address("a"));
        make("b", ", loadBalancerIP: 198.51.100.2");
        cluster.awaitThat(() -> warned("b", "198.51.100.2 is taken"));
        make("c", ", loadBalancerIP: 203.0.113.1");
        cluster.awaitThat(() -> warned("c", "203.0.113.1 is not in 198.51.100.0/30"));
    }

    @Test
    void balancersOfAClassAreLeftToOthers() {
        make("foreign", ", loadBalancerClass: example.com/vip");
        make("own", "");
        assertEquals("198.51.100.1", address("own"));
        assertEquals(Optional.empty(), told("foreign"));
    }
}
