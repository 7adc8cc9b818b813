package dev.starling.node.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.node.pod.Fields;
import dev.starling.node.pod.MapSources;
import dev.starling.node.pod.MissingConfigException;
import dev.starling.node.pod.PodFolders;
import dev.starling.node.pod.PodView;
import dev.starling.node.pod.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumesTest {
    private static final Fields.Place PLACE = new Fields.Place("10.0.0.1", "", Resources.NONE);

    @TempDir
    private Path folder;
    private final MapSources sources = new MapSources();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private int tokens;
    private Volumes volumes;
    private PodFolders folders;

    @BeforeEach
    void create() {
        folders = PodFolders.below(folder);
        volumes = new Volumes(new Volumes.Places(folders, Optional.of(folder.resolve("memory")), true), sources,
                (pod, audiences, seconds) -> new Tokens.Token("token-" + ++tokens, now.get().plusSeconds(seconds)),
                now::get);
    }

    private static PodView pod(String volumesJson, String mounts) {
        var spec = (JsonObject) JsonReader.read(("{'volumes':" + volumesJson + ",'containers':[{'name':'a',"
                + "'volumeMounts':" + mounts + "}]}").replace('\'', '"'));
        return new PodView(KubeObject.of(JsonObject.of("metadata", JsonObject.of("name", "web", "namespace", "shop",
                "uid", "u1", "labels", JsonObject.of("a", "1")), "spec", spec)));
    }

    private String read(String volume, String file) throws IOException {
        return Files.readString(folders.volume("u1", volume).resolve(file));
    }

    @Test
    void swapsTheFilesOfAConfigMapAllAtOnce() throws IOException {
        sources.put(Kinds.CONFIG_MAPS, "shop", "conf", JsonObject.of("a", "1", "b", "2"));
        var pod = pod("[{'name':'c','configMap':{'name':'conf'}}]", "[]");
        volumes.mount(pod, PLACE);
        assertEquals("1", read("c", "a"));
        assertEquals(Path.of("..data", "a"), Files.readSymbolicLink(folders.volume("u1", "c").resolve("a")));
        sources.put(Kinds.CONFIG_MAPS, "shop", "conf", JsonObject.of("a", "new"));
        volumes.mount(pod, PLACE);
        assertEquals("new", read("c", "a"));
        assertFalse(Files.exists(folders.volume("u1", "c").resolve("b")));
    }

    @Test
    void placesItemsWithTheirModes() throws IOException {
        sources.put(Kinds.SECRETS, "shop", "keys", JsonObject.of("pw", "c2VjcmV0", "other", "eA=="));
        volumes.mount(pod("[{'name':'s','secret':{'secretName':'keys','defaultMode':288,'items':"
                + "[{'key':'pw','path':'deep/er/pw'},{'key':'other','path':'o','mode':256}]}}]", "[]"), PLACE);
        assertEquals("secret", read("s", "deep/er/pw"));
        assertEquals("r--r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(
                folders.volume("u1", "s").resolve("deep/er/pw"))));
        assertEquals("r--------", PosixFilePermissions.toString(Files.getPosixFilePermissions(
                folders.volume("u1", "s").resolve("o"))));
    }

    @Test
    void tellsWhatIsMissing() {
        var missing = pod("[{'name':'c','configMap':{'name':'none'}}]", "[]");
        assertEquals("MountVolume.SetUp failed for volume \"c\" : configmap \"none\" not found",
                assertThrows(VolumeException.class, () -> volumes.mount(missing, PLACE)).getMessage());
        sources.put(Kinds.CONFIG_MAPS, "shop", "conf", JsonObject.EMPTY);
        var noKey = pod("[{'name':'c','configMap':{'name':'conf','items':[{'key':'k','path':'p'}]}}]", "[]");
        assertEquals("MountVolume.SetUp failed for volume \"c\" : references non-existent config key: k",
                assertThrows(VolumeException.class, () -> volumes.mount(noKey, PLACE)).getMessage());
        volumes.mount(pod("[{'name':'c','configMap':{'name':'none','optional':true}}]", "[]"), PLACE);
    }

    @Test
    void projectsTokensAndRenewsThemInTime() throws IOException {
        var pod = pod("[{'name':'p','projected':{'sources':[{'serviceAccountToken':{'path':'token',"
                + "'expirationSeconds':3600}},{'downwardAPI':{'items':[{'path':'labels','fieldRef':"
                + "{'fieldPath':'metadata.labels'}}]}}]}}]", "[]");
        volumes.mount(pod, PLACE);
        volumes.mount(pod, PLACE);
        assertEquals("token-1", read("p", "token"));
        assertEquals("a=\"1\"", read("p", "labels"));
        now.set(now.get().plusSeconds(3000));
        volumes.mount(pod, PLACE);
        assertEquals("token-2", read("p", "token"));
    }

    @Test
    void keepsSubPathsInTheirVolume() throws IOException {
        var pod = pod("[{'name':'e','emptyDir':{}}]", "[{'name':'e','mountPath':'/d','subPath':'x/y'},"
                + "{'name':'e','mountPath':'/r','readOnly':true,'subPathExpr':'$(V)'}]");
        volumes.mount(pod, PLACE);
        var mounts = volumes.mounts(pod, pod.containers().getFirst(), Map.of("V", "z"));
        assertTrue(mounts.get(0).hostPath().endsWith("e/x/y"));
        assertTrue(mounts.get(1).hostPath().endsWith("e/z"));
        assertTrue(mounts.get(1).readOnly());
        Files.createSymbolicLink(folders.volume("u1", "e").resolve("evil"), Path.of("/etc"));
        var evil = pod("[{'name':'e','emptyDir':{}}]", "[{'name':'e','mountPath':'/d','subPath':'evil'}]");
        assertThrows(MissingConfigException.class,
                () -> volumes.mounts(evil, evil.containers().getFirst(), Map.of()));
    }

    @Test
    void makesNothingOutsideOfAVolumeThatHoldsALink(@TempDir Path outside) throws IOException {
        var plain = pod("[{'name':'e','emptyDir':{}}]", "[{'name':'e','mountPath':'/d','subPath':'out/deep/er'}]");
        volumes.mount(plain, PLACE);
        Files.createSymbolicLink(folders.volume("u1", "e").resolve("out"), outside);
        assertThrows(MissingConfigException.class,
                () -> volumes.mounts(plain, plain.containers().getFirst(), Map.of()));
        assertFalse(Files.exists(outside.resolve("deep")));
        var inner = pod("[{'name':'e','emptyDir':{}}]", "[{'name':'e','mountPath':'/d','subPath':'in/deep'}]");
        Files.createDirectory(folders.volume("u1", "e").resolve("real"));
        Files.createSymbolicLink(folders.volume("u1", "e").resolve("in"), Path.of("real"));
        assertTrue(volumes.mounts(inner, inner.containers().getFirst(), Map.of()).getFirst().hostPath()
                .endsWith("e/real/deep"), "a link within the volume may be followed");
    }

    @Test
    void leavesOneVersionHoweverOftenItFails() throws IOException {
        sources.put(Kinds.CONFIG_MAPS, "shop", "conf", JsonObject.of("a", "1"));
        var impossible = pod("[{'name':'c','configMap':{'name':'conf','items':[{'key':'a','path':'x'},"
                + "{'key':'a','path':'x/y'}]}}]", "[]");
        for (int i = 0; i < 3; i++) {
            assertThrows(VolumeException.class, () -> volumes.mount(impossible, PLACE));
        }
        Files.createDirectory(folders.volume("u1", "c").resolve("..v7"));
        volumes.mount(pod("[{'name':'c','configMap':{'name':'conf'}}]", "[]"), PLACE);
        try (var present = Files.list(folders.volume("u1", "c"))) {
            assertEquals(List.of("..data", "..v1", "a"),
                    present.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void removesWhatIsDeeperThanAPathMayBeLong() throws IOException {
        volumes.mount(pod("[{'name':'e','emptyDir':{}}]", "[]"), PLACE);
        var volume = folders.volume("u1", "e");
        String step = "d".repeat(200);
        for (int i = 0; i < 4; i++) {
            var end = volume.resolve("fresh");
            for (int j = 0; j < 10; j++) {
                end = end.resolve(step);
            }
            Files.createDirectories(end);
            if (Files.exists(volume.resolve("deep"))) {
                Files.move(volume.resolve("deep"), end.resolve("deep"));
            }
            Files.move(volume.resolve("fresh"), volume.resolve("deep"));
        }
        volumes.remove("u1");
        assertFalse(Files.exists(folders.pod("u1")));
    }

    @Test
    void removesWhatIsThereOfPodsThatAreGone() throws IOException {
        Files.createDirectories(folder.resolve("memory/gone/m"));
        Files.createDirectories(folders.volume("gone", "e"));
        Files.createDirectories(folder.resolve("memory/u1/m"));
        volumes.removeAllBut("u1"::equals);
        assertFalse(Files.exists(folder.resolve("memory/gone")));
        assertFalse(Files.exists(folders.pod("gone")));
        assertTrue(Files.exists(folder.resolve("memory/u1/m")));
    }

    @Test
    void keepsMemoryVolumesInMemoryAndRemovesAll() throws IOException {
        var pod = pod("[{'name':'m','emptyDir':{'medium':'Memory'}},{'name':'e','emptyDir':{'sizeLimit':'1Ki'}}]",
                "[]");
        volumes.mount(pod, PLACE);
        assertTrue(Files.isDirectory(folder.resolve("memory/u1/m")));
        assertTrue(volumes.excess(pod).isEmpty());
        Files.write(folders.volume("u1", "e").resolve("big"), new byte[2000]);
        assertEquals(Optional.of("Usage of EmptyDir volume \"e\" exceeds the limit \"1Ki\". "),
                volumes.excess(pod));
        volumes.remove("u1");
        assertFalse(Files.exists(folder.resolve("memory/u1")));
        assertFalse(Files.exists(folders.pod("u1")));
    }

    @Test
    void marksProjectedMountsReadOnly() {
        sources.put(Kinds.CONFIG_MAPS, "shop", "conf", JsonObject.of("a", "1"));
        var pod = pod("[{'name':'c','configMap':{'name':'conf'}}]", "[{'name':'c','mountPath':'/c'}]");
        volumes.mount(pod, PLACE);
        assertTrue(volumes.mounts(pod, pod.containers().getFirst(), Map.of()).getFirst().readOnly());
    }

    @Test
    void waitsForAStorageDriverThatIsNotThere() {
        var pod = pod("[{'name':'v','csi':{'driver':'disk.example.com'}}]", "[{'name':'v','mountPath':'/v'}]");
        var failure = assertThrows(VolumeException.class, () -> volumes.mount(pod, PLACE));
        assertEquals("MountVolume.SetUp failed for volume \"v\" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI "
                + "client: driver name disk.example.com not found in the list of registered CSI drivers",
                failure.getMessage());
    }
}
