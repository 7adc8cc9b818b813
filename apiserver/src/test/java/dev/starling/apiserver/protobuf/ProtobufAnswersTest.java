package dev.starling.apiserver.protobuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import io.kubernetes.client.proto.Meta.WatchEvent;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ProtobufAnswersTest {
    private static final Schemas SCHEMAS = Schemas.builtIn();

    private final ProtobufObjects reader = new ProtobufObjects(SCHEMAS);
    private final ProtobufAnswers writer = new ProtobufAnswers(SCHEMAS);

    private static KubeObject object(String text) {
        return KubeObject.of(JsonReader.read(text.replace('\'', '"')).object());
    }

    private static byte[] raw(byte[] enveloped) throws Exception {
        return Unknown.parseFrom(Arrays.copyOfRange(enveloped, 4, enveloped.length)).getRaw().toByteArray();
    }

    @TestFactory
    Stream<DynamicTest> writesEveryFieldOfEveryKindThatItReads() {
        return FilledMessages.kinds(SCHEMAS).filter(kind -> kind.fieldNames().contains("metadata"))
                .filter(kind -> !kind.name().endsWith("List"))
                .map(kind -> DynamicTest.dynamicTest(kind.apiVersion() + " " + kind.name(), () -> {
                    var tree = reader.read(Envelope.of(kind.apiVersion(), kind.name(), kind.message().toByteArray()));
                    var written = writer.object(KubeObject.of(tree)).orElseThrow();
                    assertEquals(tree, reader.read(written));
                }));
    }

    @Test
    void publishedTypesReadAPod() throws Exception {
        var pod = object("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'web','labels':{'a':'b','c':''},"
                + "'creationTimestamp':'2026-01-01T00:00:00Z'},'spec':{'volumes':[{'name':'v','emptyDir':{}}],"
                + "'containers':[{'name':'c','image':'nginx','securityContext':{'privileged':false},"
                + "'resources':{'limits':{'cpu':'100m'}},'livenessProbe':{'httpGet':{'port':'http'}}}],"
                + "'priority':-5,'terminationGracePeriodSeconds':0}}");
        var read = V1.Pod.parseFrom(raw(writer.object(pod).orElseThrow()));
        assertEquals("web", read.getMetadata().getName());
        assertEquals("b", read.getMetadata().getLabelsMap().get("a"));
        assertEquals(1767225600, read.getMetadata().getCreationTimestamp().getSeconds());
        assertEquals(true, read.getSpec().getVolumes(0).getVolumeSource().hasEmptyDir());
        var container = read.getSpec().getContainers(0);
        assertEquals("100m", container.getResources().getLimitsMap().get("cpu").getString());
        assertEquals("http", container.getLivenessProbe().getHandler().getHttpGet().getPort().getStrVal());
        assertEquals(true, container.getSecurityContext().hasPrivileged());
        assertEquals(-5, read.getSpec().getPriority());
        assertEquals(true, read.getSpec().hasTerminationGracePeriodSeconds());
    }

    @Test
    void publishedTypesReadAList() throws Exception {
        var map = object("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'k':'v'}}");
        byte[] item = writer.item(Kinds.CONFIG_MAPS, map);
        byte[] head = writer.listHead(Kinds.CONFIG_MAPS, JsonObject.of("resourceVersion", "7", "continue", "c",
                "remainingItemCount", 3), 2L * item.length);
        byte[] list = Arrays.copyOf(head, head.length + 2 * item.length);
        System.arraycopy(item, 0, list, head.length, item.length);
        System.arraycopy(item, 0, list, head.length + item.length, item.length);
        var read = V1.ConfigMapList.parseFrom(raw(list));
        assertEquals(List.of("7", "c", 3L, 2), List.of(read.getMetadata().getResourceVersion(),
                read.getMetadata().getContinue(), read.getMetadata().getRemainingItemCount(), read.getItemsCount()));
        assertEquals("v", read.getItems(1).getDataMap().get("k"));
    }

    @Test
    void anEventIsFramedAndItsObjectEncodedOnce() throws Exception {
        var map = object("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'}}");
        byte[] frame = writer.event("ADDED", map);
        int length = java.nio.ByteBuffer.wrap(frame).getInt();
        assertEquals(frame.length - 4, length);
        var event = WatchEvent.parseFrom(Arrays.copyOfRange(frame, 4, frame.length));
        assertEquals("ADDED", event.getType());
        var read = V1.ConfigMap.parseFrom(raw(event.getObject().getRaw().toByteArray()));
        assertEquals("m", read.getMetadata().getName());
        var cache = new EncodedCache();
        assertSame(cache.encoded(map, KubeObject::bytes), cache.encoded(map, object -> new byte[1]));
    }

    @Test
    void customKindsAndDefinitionsHaveNoSuchForm() {
        assertFalse(writer.writes(new ResourceType("example.com", "v1", "widgets", "Widget", true)));
        assertFalse(writer.writes(new ResourceType("apiextensions.k8s.io", "v1", "customresourcedefinitions",
                "CustomResourceDefinition", false)));
    }
}
