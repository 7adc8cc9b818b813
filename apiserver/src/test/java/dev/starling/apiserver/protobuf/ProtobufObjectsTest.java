package dev.starling.apiserver.protobuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProtobufObjectsTest {
    private static final Schemas SCHEMAS = Schemas.builtIn();
    private final ProtobufObjects objects = new ProtobufObjects(SCHEMAS);

    private static byte[] field(int number, byte[]... parts) {
        var content = joined(parts);
        return joined(varint(number << 3 | 2), varint(content.length), content);
    }

    /** A number below 16384. */
    private static byte[] varint(int value) {
        return value < 128 ? new byte[] {(byte) value} : new byte[] {(byte) (value | 0x80), (byte) (value >> 7)};
    }

    private static byte[] field(int number, String text) {
        return field(number, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] number(int number, int value) {
        return joined(varint(number << 3), varint(value));
    }

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] body(String apiVersion, String kind, byte[]... raw) {
        return joined("k8s\0".getBytes(StandardCharsets.UTF_8),
                field(1, field(1, apiVersion), field(2, kind)), field(2, raw));
    }

    private static JsonObject json(String text) {
        return JsonReader.read(text.replace('\'', '"')).object();
    }

    @Test
    void readsAPodWithWhatStandsInlineOnTheWire() {
        byte[] volume = field(1, field(1, "v"), field(2, field(19, field(1, field(1, "settings")))));
        byte[] container = field(2, field(1, "c"), field(2, "nginx"), field(5, ""),
                field(6, number(2, 0), number(3, 80)),
                field(8, field(1, field(1, "cpu"), field(2, field(1, "100m")))),
                field(10, field(1, field(2, field(2, number(1, 0), number(2, 80)))), number(3, 0)));
        byte[] metadata = field(1, field(1, "web"), field(2, ""), field(8), field(11, field(1, "a"), field(2, "b")));
        JsonObject read = objects.read(body("v1", "Pod", metadata,
                field(2, volume, container, number(11, 0), number(4, 0))));
        assertEquals(json("{'kind':'Pod','apiVersion':'v1','metadata':{'name':'web','labels':{'a':'b'}},"
                + "'spec':{'volumes':[{'name':'v','configMap':{'name':'settings'}}],'containers':[{'name':'c',"
                + "'image':'nginx','ports':[{'containerPort':80}],'resources':{'limits':{'cpu':'100m'}},"
                + "'livenessProbe':{'httpGet':{'port':80}}}],'terminationGracePeriodSeconds':0}}"),
                BuiltInSchema.of(SCHEMAS, Kinds.PODS).prune(read).object());
    }

    @Test
    void readsSecretsAsBase64() {
        JsonObject read = objects.read(body("v1", "Secret", field(2, field(1, "k"), field(2, "v"))));
        assertEquals(json("{'kind':'Secret','apiVersion':'v1','data':{'k':'dg=='}}"), read);
    }

    @Test
    void keepsZerosThatSomebodyAskedFor() {
        JsonObject read = objects.read(body("apps/v1", "Deployment", field(2, number(1, 0), number(5, 0))));
        assertEquals(json("{'replicas':0}"),
                BuiltInSchema.of(SCHEMAS, Kinds.DEPLOYMENTS).prune(read).object().object("spec"));
    }

    @Test
    void refusesWhatIsNotInThisForm() {
        assertEquals("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
                assertThrows(ProtobufException.class, () -> objects.read(new byte[] {1})).getMessage());
        assertEquals("no kind \"Nothing\" is registered for version \"v1\"",
                assertThrows(ProtobufException.class, () -> objects.read(body("v1", "Nothing"))).getMessage());
        byte[] whole = body("v1", "Secret", field(2, field(1, "k"), field(2, "v")));
        assertEquals("unexpected EOF", assertThrows(ProtobufException.class,
                () -> objects.read(Arrays.copyOf(whole, whole.length - 1))).getMessage());
    }
}
