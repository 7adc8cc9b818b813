package dev.starling.apiserver.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.registry.ObjectCodec;
import dev.starling.kube.loop.Loop;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.CorruptStoreException;
import dev.starling.store.DiskStore;
import dev.starling.store.RangeQuery;
import dev.starling.store.StoreSettings;
import dev.starling.store.Write;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptionTest {
    private static final String FIRST = key("one", 1);
    private static final String SECOND = key("two", 2);
    private static final KubeObject SECRET =
            KubeObject.named(Kinds.SECRETS, "a", "password").with("aHVudGVyMg==", "data", "k");
    private static final KubeObject POD = KubeObject.named(Kinds.PODS, "a", "pod");
    private static final KubeObject MAP = KubeObject.named(Kinds.CONFIG_MAPS, "a", "map").with("open", "data", "k");

    @TempDir
    private Path folder;

    private static String key(String name, int fill) {
        byte[] secret = new byte[32];
        java.util.Arrays.fill(secret, (byte) fill);
        return "{name: " + name + ", secret: " + Base64.getEncoder().encodeToString(secret) + "}";
    }

    private static EncryptionSettings settings(String providers) {
        return EncryptionSettings.parse("kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\n"
                + "resources:\n- resources: [secrets]\n  providers: " + providers + "\n");
    }

    private static String stored(EncryptionSettings settings, KubeObject object) {
        return new String(new EncryptingCodec(new ObjectCodec(), settings).encode(object), StandardCharsets.ISO_8859_1);
    }

    private DiskStore<KubeObject> open(EncryptionSettings settings) {
        return DiskStore.open(folder.resolve("store"), new EncryptingCodec(new ObjectCodec(), settings),
                StoreSettings.defaults(), InstantSource.system());
    }

    @Test
    void theFirstProviderWritesAndOnlyWhatIsNamed() {
        for (String algorithm : new String[] {"aesgcm", "secretbox"}) {
            var settings = settings("[{" + algorithm + ": {keys: [" + FIRST + "]}}, {identity: {}}]");
            assertTrue(stored(settings, SECRET).startsWith("starling:enc:" + algorithm + ":v1:one:"));
            assertFalse(stored(settings, SECRET).contains("aHVudGVyMg"));
            assertTrue(stored(settings, MAP).contains("open"));
            var codec = new EncryptingCodec(new ObjectCodec(), settings);
            assertEquals(SECRET, codec.decode(codec.encode(SECRET)));
            assertEquals(SECRET, codec.decode(SECRET.bytes()));
        }
        var plain = settings("[{identity: {}}, {aesgcm: {keys: [" + FIRST + "]}}]");
        assertTrue(stored(plain, SECRET).contains("aHVudGVyMg"));
    }

    @Test
    void aKeyThatIsMissingOrAnotherIsNamedTogetherWithTheObject() {
        try (var store = open(settings("[{aesgcm: {keys: [" + FIRST + "]}}]"))) {
            store.commit(Write.create("core/secrets/a/password", at -> SECRET));
        }
        var missing = assertThrows(CorruptStoreException.class,
                () -> open(settings("[{aesgcm: {keys: [" + SECOND + "]}}]")).close());
        assertTrue(missing.getMessage().contains("core/secrets/a/password"), missing.getMessage());
        assertTrue(missing.getMessage().contains("aesgcm key one"), missing.getMessage());
        var wrong = assertThrows(CorruptStoreException.class,
                () -> open(settings("[{aesgcm: {keys: [" + key("one", 9) + "]}}]")).close());
        assertTrue(wrong.getMessage().contains("does not decrypt"), wrong.getMessage());
    }

    @Test
    void rotationRewritesWhatOtherKeysWroteAndThenTheyCanGo() throws IOException {
        try (var store = open(EncryptionSettings.NONE)) {
            store.commit(Write.create("core/secrets/a/password", at -> SECRET));
            store.commit(Write.create("core/configmaps/a/map", at -> MAP));
        }
        rotate(settings("[{aesgcm: {keys: [" + FIRST + "]}}]"));
        rotate(settings("[{aesgcm: {keys: [" + SECOND + ", " + FIRST + "]}}]"));
        try (var store = open(settings("[{aesgcm: {keys: [" + SECOND + "]}}]"))) {
            assertEquals("aHVudGVyMg==",
                    store.get("core/secrets/a/password").orElseThrow().value().tree().text("data", "k"));
            assertEquals(2, store.range(RangeQuery.prefix("")).entries().size());
        }
    }

    @Test
    void whatIsNamedNoMoreIsRewrittenTooEvenIfARotationBrokeOff() throws IOException {
        try (var store = open(EncryptionSettings.NONE)) {
            store.commit(Write.create("core/secrets/a/password", at -> SECRET));
            store.commit(Write.create("core/configmaps/a/map", at -> MAP));
        }
        rotate(settings("[{aesgcm: {keys: [" + FIRST + "]}}]"));
        var both = EncryptionSettings.parse("kind: EncryptionConfiguration\nresources:\n- resources: [secrets, "
                + "configmaps]\n  providers: [{aesgcm: {keys: [" + FIRST + "]}}]\n");
        try (var store = open(both)) {
            store.commit(Write.put("core/configmaps/a/other", at -> MAP));
            for (int i = 0; i < 300; i++) {
                int number = i;
                store.commit(Write.put("core/a/" + number, at -> POD));
            }
            new KeyRotation(store, both, folder.resolve("done")).step(Instant.EPOCH);
        }
        var dropped = EncryptionSettings.parse("kind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n"
                + "  providers: [{aesgcm: {keys: [" + SECOND + ", " + FIRST + "]}}]\n");
        try (var store = open(dropped)) {
            run(new KeyRotation(store, dropped, folder.resolve("done")));
            store.compact(store.revision());
            store.commit(Write.put("core/pods/a/last", at -> POD));
        }
        try (var store = open(settings("[{aesgcm: {keys: [" + SECOND + "]}}]"))) {
            assertTrue(store.get("core/configmaps/a/other").isPresent());
        }
    }

    @Test
    void anotherSecretUnderTheSameNameIsAnotherKey() throws IOException {
        try (var store = open(EncryptionSettings.NONE)) {
            store.commit(Write.create("core/secrets/a/password", at -> SECRET));
        }
        String renewed = key("one", 2);
        rotate(settings("[{aesgcm: {keys: [" + FIRST + "]}}]"));
        rotate(settings("[{aesgcm: {keys: [" + renewed + ", " + FIRST + "]}}]"));
        try (var store = open(settings("[{aesgcm: {keys: [" + renewed + "]}}]"))) {
            assertTrue(store.get("core/secrets/a/password").isPresent());
        }
    }

    private void rotate(EncryptionSettings settings) throws IOException {
        try (var store = open(settings)) {
            long before = store.revision();
            run(new KeyRotation(store, settings, folder.resolve("done")));
            assertEquals(before + 1, store.revision());
            run(new KeyRotation(store, settings, folder.resolve("done")));
            assertEquals(before + 1, store.revision());
            store.compact(store.revision());
            store.commit(Write.put("core/configmaps/a/map", at -> MAP));
            dev.starling.store.Backup.write(store, new EncryptingCodec(new ObjectCodec(), settings),
                    new ByteArrayOutputStream());
        }
    }

    private static void run(KeyRotation rotation) {
        while (rotation.step(Instant.EPOCH) != Loop.Next.OVER) {
            assertFalse(Thread.interrupted());
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        for (String providers : new String[] {"[]", "[{aescbc: {keys: [" + FIRST + "]}}]", "[{aesgcm: {keys: []}}]",
            "[{aesgcm: {keys: [{name: a, secret: c2hvcnQ=}]}}]", "[{aesgcm: {keys: [{name: a, secret: '!'}]}}]"}) {
            assertThrows(EncryptionException.class, () -> settings(providers));
        }
        assertThrows(EncryptionException.class, () -> EncryptionSettings.parse("kind: Other"));
        assertFalse(settings("[{aesgcm: {keys: [" + FIRST + "]}}]").toString().contains("AQEB"));
    }
}
