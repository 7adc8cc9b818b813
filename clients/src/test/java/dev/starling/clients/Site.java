package dev.starling.clients;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Optional;
import java.util.TreeMap;

/** A custom resource as operators write them: a web site with some replicas. */
@Group("example.com")
@Version("v1")
public final class Site extends CustomResource<TreeMap<String, Object>, TreeMap<String, Object>>
        implements Namespaced {

    /** Public for the library, which makes objects of it. */
    public Site() {
    }

    static Site of(String namespace, String name, int replicas) {
        var site = new Site();
        site.setMetadata(new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
        return site.withReplicas(replicas);
    }

    Site withReplicas(int replicas) {
        var spec = new TreeMap<String, Object>();
        spec.put("replicas", replicas);
        setSpec(spec);
        return this;
    }

    int replicas() {
        return (Integer) getSpec().get("replicas");
    }

    int readyReplicas() {
        return Optional.ofNullable(getStatus()).map(status -> (Integer) status.get("readyReplicas")).orElse(-1);
    }
}
