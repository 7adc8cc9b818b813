package dev.starling.apiserver.protobuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import com.google.protobuf.ByteString;
import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import io.kubernetes.client.proto.IntStr.IntOrString;
import io.kubernetes.client.proto.Meta.DeleteOptions;
import io.kubernetes.client.proto.Meta.ObjectMeta;
import io.kubernetes.client.proto.Meta.Time;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps.Deployment;
import io.kubernetes.client.proto.V1Apps.DeploymentSpec;
import io.kubernetes.client.proto.V1Authorization;
import io.kubernetes.client.proto.V1Coordination;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Messages as the published descriptors of the API's types write them, whole and broken. */
class PublishedMessagesTest {
    private static final Schemas SCHEMAS = Schemas.builtIn();
    private static final int MANGLED = 3_000;

    private final ProtobufObjects reader = new ProtobufObjects(SCHEMAS);

    private JsonObject read(String apiVersion, String kind, Message message) {
        return reader.read(Envelope.of(apiVersion, kind, message.toByteArray()));
    }

    private JsonObject pruned(ResourceType type, Message message) {
        return BuiltInSchema.of(SCHEMAS, type).prune(read(type.apiVersion(), type.kind(), message)).object();
    }

    private static JsonObject json(String text) {
        return JsonReader.read(text.replace('\'', '"')).object();
    }

    @TestFactory
    Stream<DynamicTest> findsEveryFieldOfEveryKindInItsSchema() {
        return FilledMessages.kinds(SCHEMAS).map(kind -> DynamicTest.dynamicTest(kind.apiVersion() + " " + kind.name(),
                () -> {
                    var read = read(kind.apiVersion(), kind.name(), kind.message());
                    int slash = kind.apiVersion().indexOf('/');
                    var type = new ResourceType(kind.apiVersion().substring(0, Math.max(0, slash)),
                            kind.apiVersion().substring(slash + 1), "things", kind.name(), true);
                    var pruned = BuiltInSchema.of(SCHEMAS, type).prune(read);
                    assertEquals(Set.of(), new HashSet<>(pruned.unknownFields()));
                    assertEquals(kind.fieldNames(), read.without("kind").without("apiVersion").entries().stream()
                            .map(entry -> entry.getKey()).collect(java.util.stream.Collectors.toSet()));
                }));
    }

    @Test
    void showsInlineMessagesBesideTheirNeighbours() {
        var pod = V1.Pod.newBuilder().setSpec(V1.PodSpec.newBuilder()
                .addVolumes(V1.Volume.newBuilder().setName("v").setVolumeSource(V1.VolumeSource.newBuilder()
                        .setEmptyDir(V1.EmptyDirVolumeSource.newBuilder().setMedium(""))))
                .addContainers(V1.Container.newBuilder().setName("c").setImage("").setLivenessProbe(
                        V1.Probe.newBuilder().setPeriodSeconds(0).setHandler(V1.ProbeHandler.newBuilder().setTcpSocket(
                                V1.TCPSocketAction.newBuilder().setPort(port(8080)).setHost("")))))).build();
        assertEquals(json("{'kind':'Pod','apiVersion':'v1','spec':{'volumes':[{'name':'v','emptyDir':{}}],'containers':"
                + "[{'name':'c','livenessProbe':{'tcpSocket':{'port':8080}}}]}}"), pruned(Kinds.PODS, pod));
    }

    private static IntOrString port(int number) {
        return IntOrString.newBuilder().setType(0).setIntVal(number).setStrVal("").build();
    }

    @Test
    void keepsTheZeroOfAPointerAndDropsThatOfAValue() {
        var deployment = Deployment.newBuilder().setMetadata(ObjectMeta.newBuilder().setName("d").setNamespace("")
                .setGeneration(0).setCreationTimestamp(Time.newBuilder()))
                .setSpec(DeploymentSpec.newBuilder().setReplicas(0).setMinReadySeconds(0).setPaused(false)
                        .setTemplate(V1.PodTemplateSpec.newBuilder().setSpec(V1.PodSpec.newBuilder()
                                .setHostNetwork(false).setAutomountServiceAccountToken(false)
                                .setSecurityContext(V1.PodSecurityContext.newBuilder().setRunAsUser(0))))).build();
        assertEquals(json("{'kind':'Deployment','apiVersion':'apps/v1','metadata':{'name':'d'},'spec':{'replicas':0,"
                + "'template':{'spec':{'automountServiceAccountToken':false,'securityContext':{'runAsUser':0}}}}}"),
                pruned(Kinds.DEPLOYMENTS, deployment));
    }

    @Test
    void readsBytesTimesAndMaps() {
        var secret = V1.Secret.newBuilder().setMetadata(ObjectMeta.newBuilder().setName("s")
                .setCreationTimestamp(Time.newBuilder().setSeconds(1_700_000_000).setNanos(0)))
                .putData("a", ByteString.copyFromUtf8("b")).putData("none", ByteString.EMPTY).build();
        assertEquals(json("{'kind':'Secret','apiVersion':'v1','metadata':{'name':'s','creationTimestamp':"
                + "'2023-11-14T22:13:20Z'},'data':{'a':'Yg==','none':''}}"), read("v1", "Secret", secret));
        var lease = V1Coordination.Lease.newBuilder().setSpec(V1Coordination.LeaseSpec.newBuilder().setRenewTime(
                io.kubernetes.client.proto.Meta.MicroTime.newBuilder().setSeconds(0).setNanos(5_000))).build();
        assertEquals("1970-01-01T00:00:00.000005Z",
                read("coordination.k8s.io/v1", "Lease", lease).text("spec", "renewTime"));
        var review = V1Authorization.SubjectAccessReview.newBuilder().setSpec(V1Authorization.SubjectAccessReviewSpec
                .newBuilder().putExtra("k", V1Authorization.ExtraValue.newBuilder().addItems("v").build())).build();
        assertEquals(json("{'k':['v']}"),
                read("authorization.k8s.io/v1", "SubjectAccessReview", review).object("spec", "extra"));
    }

    @Test
    void readsOptionsOfADeletionUnderAnyVersion() {
        var options = DeleteOptions.newBuilder().setGracePeriodSeconds(0).setPropagationPolicy("Background").build();
        assertEquals(json("{'kind':'DeleteOptions','apiVersion':'apps/v1','gracePeriodSeconds':0,"
                + "'propagationPolicy':'Background'}"), read("apps/v1", "DeleteOptions", options));
    }

    @Test
    void refusesWhatIsNoObject() {
        for (byte[] body : new byte[][] {{}, {'k', '8', 's'}, "{\"kind\":\"Pod\"}".getBytes(), {'k', '8', 's', 0},
                {'k', '8', 's', 0, 10, 127}, Envelope.of("v1", "Nothing", new byte[0])}) {
            refused(body);
        }
    }

    private void refused(byte[] body) {
        assertThrows(ProtobufException.class, () -> reader.read(body));
    }

    @Test
    void answersMangledBytesWithAnObjectOrARefusal() {
        var random = new Random(7);
        var pod = FilledMessages.kinds(SCHEMAS).filter(kind -> kind.name().equals("Pod")).findFirst().orElseThrow();
        byte[] whole = Envelope.of("v1", "Pod", pod.message().toByteArray());
        int refusals = 0;
        for (int i = 0; i < MANGLED; i++) {
            byte[] body = i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int hits = i % 2 * (1 + random.nextInt(5)); hits > 0; hits--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt();
            }
            refusals += survives(body) ? 0 : 1;
        }
        assertTrue(refusals > MANGLED / 2, "refusals=" + refusals);
        assertFalse(refusals == MANGLED, "some are read");
    }

    private boolean survives(byte[] body) {
        try {
            reader.read(body);
            return true;
        } catch (ProtobufException e) {
            return false;
        }
    }

    @Test
    void refusesTimesThatDoNotExist() {
        var time = Time.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(-1);
        refused(Envelope.of("v1", "Pod", V1.Pod.newBuilder().setMetadata(ObjectMeta.newBuilder()
                .setCreationTimestamp(time)).build().toByteArray()));
    }

    @Test
    void refusesANumberWhereAMessageShouldStand() {
        byte[] metadata = Envelope.field(1, Envelope.field(1, "pod".getBytes()));
        byte[] again = Arrays.copyOf(metadata, metadata.length + 2);
        again[metadata.length] = 1 << 3;
        refused(Envelope.of("v1", "Pod", again));
    }
}
