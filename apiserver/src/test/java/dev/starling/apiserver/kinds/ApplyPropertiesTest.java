package dev.starling.apiserver.kinds;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.Patch;
import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What holds of applications whatever is applied: random configurations from fixed seeds. */
final class ApplyPropertiesTest {
    private static final int CASES = 100;

    private final TestRegistry server = TestRegistry.inMemory();
    private final KubeApi api = server.api();

    @AfterEach
    void close() {
        server.close();
    }

    private static ObjectKey key(String name) {
        return Kinds.SERVICES.key("default", name);
    }

    /** Ports merge by key, labels are a map, finalizers a set, the selector is atomic. */
    private static JsonObject configuration(Random random, int first, int last) {
        var labels = new TreeMap<String, String>();
        var finalizers = new ArrayList<String>();
        var ports = new ArrayList<JsonObject>();
        for (int i = first; i < last; i++) {
            if (random.nextBoolean()) {
                labels.put("l" + i, "v" + random.nextInt(2));
            }
            if (random.nextBoolean()) {
                finalizers.add("x/f" + i);
            }
            if (random.nextBoolean()) {
                ports.add(JsonObject.of("port", 80 + i, "name", "p" + i, "targetPort", 1 + random.nextInt(2)));
            }
        }
        // An empty map is owned by whoever is first to say it, so that configurations leave it out.
        var metadata = JsonObject.of("finalizers", finalizers);
        return JsonObject.of("metadata", labels.isEmpty() ? metadata : metadata.with("labels", Json.of(labels)),
                "spec", JsonObject.of("clusterIP", "None", "ports", ports));
    }

    private KubeObject apply(String manager, ObjectKey key, JsonObject configuration) {
        var metadata = configuration.object("metadata").with("name", Json.of(key.name()));
        var whole = JsonObject.builder().put("apiVersion", "v1").put("kind", "Service").putAll(configuration)
                .put("metadata", metadata).build();
        return api.patch(key, new Patch.Apply(whole, true),
                new WriteOptions(false, manager, WriteOptions.FieldValidation.STRICT));
    }

    private static Map<String, JsonObject> owners(KubeObject object) {
        var owners = new TreeMap<String, JsonObject>();
        object.metadata().array("managedFields").objects()
                .forEach(entry -> owners.put(entry.text("manager"), entry.object("fieldsV1")));
        return owners;
    }

    /** All but the order of lists, and what the server gives. */
    private static List<Object> content(KubeObject object) {
        return List.of(object.metadata().object("labels"), new TreeSet<>(object.finalizers()),
                Set.copyOf(object.spec().array("ports").values()), owners(object));
    }

    @Test
    void applyingAgainChangesNothing() {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var key = key("s" + seed);
            apply("other", key, configuration(random, 0, 6));
            var wanted = configuration(random, 0, 6);
            var once = apply("a", key, wanted);
            server.clock().pass(Duration.ofSeconds(5));
            assertEquals(once, apply("a", key, wanted), "seed " + seed);
        }
    }

    @Test
    void appliersOfDifferentFieldsMeetInAnyOrder() {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var one = configuration(random, 0, 3);
            var other = configuration(random, 3, 6);
            apply("a", key("x" + seed), one);
            apply("b", key("y" + seed), other);
            assertEquals(content(apply("b", key("x" + seed), other)), content(apply("a", key("y" + seed), one)),
                    "seed " + seed);
        }
    }

    @Test
    void whatIsGivenUpGoesAndComesBackAsItWas() {
        var none = JsonObject.of("spec", JsonObject.of("clusterIP", "None"));
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var key = key("r" + seed);
            var other = apply("b", key, configuration(random, 0, 4));
            var wanted = configuration(random, 4, 8);
            var once = apply("a", key, wanted);
            var given = apply("a", key, none);
            assertEquals(other.metadata().object("labels"), given.metadata().object("labels"), "seed " + seed);
            assertEquals(other.finalizers(), given.finalizers(), "seed " + seed);
            assertEquals(other.spec().array("ports"), given.spec().array("ports"), "seed " + seed);
            assertEquals(content(once), content(apply("a", key, wanted)), "seed " + seed);
        }
    }

    @Test
    void everyAppliedFieldHasAnOwnerAndEveryOwnedFieldIsThere() {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var key = key("o" + seed);
            var seen = apply("a", key, configuration(random, 0, 6));
            for (int i = 0; i < 6; i++) {
                seen = apply("m" + random.nextInt(3), key, configuration(random, 0, 6));
            }
            var owned = new TreeSet<String>();
            owners(seen).values().forEach(fields -> owned.addAll(fields.object("f:metadata", "f:labels").names()));
            var there = new TreeSet<String>();
            seen.labels().keySet().forEach(name -> there.add("f:" + name));
            owned.remove(".");
            assertEquals(there, owned, "seed " + seed);
        }
    }
}
