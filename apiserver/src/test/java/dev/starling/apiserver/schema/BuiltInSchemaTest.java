package dev.starling.apiserver.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.patch.MergeKeys;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltInSchemaTest {
    private static final Schemas SCHEMAS = Schemas.builtIn();

    private static BuiltInSchema schema(ResourceType type) {
        return BuiltInSchema.of(SCHEMAS, type);
    }

    private static JsonObject json(String text) {
        return JsonReader.read(text.replace('\'', '"')).object();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'spec':{'replicas':'3'}} | json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas "
                + "of type int32",
        "{'spec':{'replicas':1.5}} | json: cannot unmarshal number 1.5 into Go struct field "
                + "DeploymentSpec.spec.replicas of type int32",
        "{'spec':{'template':{'spec':{'containers':[{'env':[{'name':'A','value':1}]}]}}}} | json: cannot unmarshal "
                + "number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string",
        "{'spec':{'template':{'spec':{'containers':{}}}}} | json: cannot unmarshal object into Go struct field "
                + "PodSpec.spec.template.spec.containers of type []v1.Container",
        "{'spec':{'template':{'spec':{'restartPolicy':1}}}} | json: cannot unmarshal number into Go struct field "
                + "PodSpec.spec.template.spec.restartPolicy of type v1.RestartPolicy",
        "{'metadata':{'labels':{'a':true}}} | json: cannot unmarshal bool into Go struct field "
                + "ObjectMeta.metadata.labels of type string",
        "{'spec':[]} | json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec",
    })
    void refusesWrongTypesInUpstreamsWords(String body, String message) {
        ApiException refusal = assertThrows(ApiException.class, () -> schema(Kinds.DEPLOYMENTS).prune(json(body)));
        assertEquals("Deployment in version \"v1\" cannot be handled as a Deployment: " + message,
                refusal.getMessage());
    }

    @Test
    void refusesMalformedQuantities() {
        String body = "{'spec':{'containers':[{'resources':{'limits':{'cpu':'lots'}}}]}}";
        ApiException refusal = assertThrows(ApiException.class, () -> schema(Kinds.PODS).prune(json(body)));
        assertTrue(refusal.getMessage().endsWith("quantities must match the regular expression "
                + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"), refusal.getMessage());
    }

    @Test
    void dropsUnknownFieldsAndTellsTheirPaths() {
        var pruned = schema(Kinds.PODS).prune(json("{'kind':'Pod','foo':1,'metadata':{'creationTimestamp':null},"
                + "'spec':{'containers':[{'name':'a','imagee':'x'}],'nodeSelector':{'any':'thing'}}}"));
        assertEquals(List.of("foo", "spec.containers[0].imagee"), pruned.unknownFields());
        assertEquals(json("{'kind':'Pod','metadata':{},'spec':{'containers':[{'name':'a'}],"
                + "'nodeSelector':{'any':'thing'}}}"), pruned.object());
        assertEquals(Optional.of("strict decoding error: unknown field \"foo\", unknown field "
                + "\"spec.containers[0].imagee\", duplicate field \"spec\""),
                StrictErrors.message(pruned.unknownFields(), List.of("spec")));
    }

    @Test
    void writesQuantitiesAndTimesInCanonicalForm() {
        var pruned = schema(Kinds.PODS).prune(json("{'metadata':{'creationTimestamp':'2026-01-01T02:00:00+02:00'},"
                + "'spec':{'containers':[{'resources':{'limits':{'cpu':0.5,'memory':'1024Mi'}}}]}}"));
        assertEquals("2026-01-01T00:00:00Z", pruned.object().text("metadata", "creationTimestamp"));
        assertEquals(json("{'cpu':'500m','memory':'1Gi'}"), pruned.object().array("spec", "containers").at(0)
                .object().object("resources", "limits"));
    }

    @Test
    void fillsInThePodsDefaults() {
        JsonObject pod = schema(Kinds.PODS).defaulted(json("{'kind':'Pod','metadata':{'name':'a'},'spec':{"
                + "'containers':[{'name':'c','image':'nginx','ports':[{'containerPort':80}],"
                + "'resources':{'limits':{'cpu':'1'}},'livenessProbe':{'httpGet':{'port':80}},"
                + "'env':[{'name':'IP','valueFrom':{'fieldRef':{'fieldPath':'status.podIP'}}}]}],"
                + "'volumes':[{'name':'v'},{'name':'m','configMap':{'name':'x'}}]}}"));
        assertEquals(json("{'restartPolicy':'Always','dnsPolicy':'ClusterFirst','terminationGracePeriodSeconds':30,"
                + "'schedulerName':'default-scheduler','securityContext':{},'enableServiceLinks':true,"
                + "'containers':[{'name':'c','image':'nginx','imagePullPolicy':'Always',"
                + "'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File',"
                + "'ports':[{'containerPort':80,'protocol':'TCP'}],"
                + "'resources':{'limits':{'cpu':'1'},'requests':{'cpu':'1'}},"
                + "'livenessProbe':{'httpGet':{'port':80,'path':'/','scheme':'HTTP'},'timeoutSeconds':1,"
                + "'periodSeconds':10,'successThreshold':1,'failureThreshold':3},"
                + "'env':[{'name':'IP','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'status.podIP'}}}]}],"
                + "'volumes':[{'name':'v','emptyDir':{}},{'name':'m','configMap':{'name':'x','defaultMode':420}}]}"),
                pod.object("spec"));
    }

    @ParameterizedTest
    @CsvSource({"nginx,Always", "nginx:latest,Always", "nginx:1.27,IfNotPresent", "host:5000/nginx,Always",
        "host:5000/nginx:1,IfNotPresent", "nginx@sha256:abc,IfNotPresent"})
    void choosesThePullPolicyByTheTag(String image, String policy) {
        JsonObject pod = schema(Kinds.PODS).defaulted(
                json("{'spec':{'containers':[{'image':'" + image + "'}]}}"));
        assertEquals(policy, pod.array("spec", "containers").at(0).object().text("imagePullPolicy"));
    }

    @Test
    void fillsInTheDeploymentsDefaults() {
        JsonObject spec = schema(Kinds.DEPLOYMENTS).defaulted(json("{'kind':'Deployment'}")).object("spec");
        assertEquals(1, spec.at("replicas").number(0));
        assertEquals(json("{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':'25%','maxSurge':'25%'}}"),
                spec.object("strategy"));
        assertEquals(10, spec.at("revisionHistoryLimit").number(0));
        assertEquals(600, spec.at("progressDeadlineSeconds").number(0));
        assertEquals("Always", spec.text("template", "spec", "restartPolicy"));
    }

    @Test
    void keepsTheRecreateStrategyFreeOfRollingUpdate() {
        JsonObject spec = schema(Kinds.DEPLOYMENTS)
                .defaulted(json("{'kind':'Deployment','spec':{'strategy':{'type':'Recreate'}}}")).object("spec");
        assertEquals(json("{'type':'Recreate'}"), spec.object("strategy"));
    }

    @Test
    void fillsInTheJobsDefaultsButNotThoseOfACronJobsTemplate() {
        JsonObject job = schema(Kinds.JOBS).defaulted(
                json("{'kind':'Job','spec':{'template':{'metadata':{'labels':{'a':'b'}},'spec':{}}}}"));
        assertEquals(json("{'a':'b'}"), job.object("metadata", "labels"));
        assertEquals(6, job.at("spec", "backoffLimit").number(0));
        assertEquals(1, job.at("spec", "completions").number(0));
        assertEquals("NonIndexed", job.text("spec", "completionMode"));
        JsonObject cron = schema(Kinds.CRON_JOBS).defaulted(json("{'kind':'CronJob','spec':{'schedule':'* * * * *'}}"));
        assertEquals("Allow", cron.text("spec", "concurrencyPolicy"));
        assertEquals(3, cron.at("spec", "successfulJobsHistoryLimit").number(0));
        assertTrue(cron.at("spec", "jobTemplate", "spec", "backoffLimit").isNull());
        assertEquals("ClusterFirst", cron.text("spec", "jobTemplate", "spec", "template", "spec", "dnsPolicy"));
    }

    @Test
    void fillsInTheServicesDefaults() {
        JsonObject service = schema(Kinds.SERVICES)
                .defaulted(json("{'spec':{'type':'NodePort','ports':[{'port':80},{'port':1,'targetPort':'x'}]}}"));
        assertEquals(json("{'type':'NodePort','sessionAffinity':'None','internalTrafficPolicy':'Cluster',"
                + "'externalTrafficPolicy':'Cluster','ports':[{'port':80,'protocol':'TCP','targetPort':80},"
                + "{'port':1,'protocol':'TCP','targetPort':'x'}]}"), service.object("spec"));
    }

    @Test
    void keepsTheTextsOfSecretsEncoded() {
        assertEquals(json("{'type':'Opaque','data':{'a':'eA==','b':'eQ=='}}"), schema(Kinds.SECRETS)
                .defaulted(json("{'data':{'a':'bm8='},'stringData':{'a':'x','b':'y'}}")));
    }

    @Test
    void fillsInTheAutoscalersDefaults() {
        JsonObject spec = schema(Kinds.HORIZONTAL_POD_AUTOSCALERS)
                .defaulted(json("{'spec':{'behavior':{'scaleDown':{'stabilizationWindowSeconds':15}}}}"))
                .object("spec");
        assertEquals(json("{'minReplicas':1,'metrics':[{'type':'Resource','resource':{'name':'cpu','target':"
                + "{'type':'Utilization','averageUtilization':80}}}],'behavior':{'scaleUp':{"
                + "'stabilizationWindowSeconds':0,'selectPolicy':'Max','policies':["
                + "{'type':'Pods','value':4,'periodSeconds':15},{'type':'Percent','value':100,'periodSeconds':15}]},"
                + "'scaleDown':{'stabilizationWindowSeconds':15,'selectPolicy':'Max','policies':["
                + "{'type':'Percent','value':100,'periodSeconds':15}]}}}"), spec);
    }

    @Test
    void defaultsAreStable() {
        for (ResourceType type : Kinds.STORED) {
            JsonObject bare = json("{'metadata':{'name':'a'}}").with("kind", Json.of(type.kind()));
            JsonObject once = schema(type).defaulted(bare);
            assertEquals(once, schema(type).defaulted(once), type.kind());
            assertEquals(once, schema(type).prune(once).object(), type.kind());
            assertEquals(List.of(), schema(type).prune(once).unknownFields(), type.kind());
        }
    }

    @Test
    void refusesValuesOutsideAnEnumeration() {
        List<ApiException.Cause> causes =
                schema(Kinds.PODS).violations(json("{'spec':{'restartPolicy':'Sometimes'}}"));
        assertEquals(List.of(new ApiException.Cause("FieldValueNotSupported",
                "Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"",
                "spec.restartPolicy")), causes);
    }

    @Test
    void checksProfilesAgainstTheirWholeSchema() {
        assertEquals(List.of("spec.selectors: Required value"), violations("{'spec':{}}"));
        assertEquals(List.of("spec.selectors: Too many: 6: must have at most 5 items"), violations("{'spec':{"
                + "'selectors':[" + "{'namespace':'a'},".repeat(5) + "{'namespace':'a'}]}}"));
        assertEquals(List.of("spec.selectors[0].namespace: Required value"), violations("{'spec':{'selectors':[{}]}}"));
    }

    private static List<String> violations(String profile) {
        return schema(Kinds.FARGATE_PROFILES).violations(json(profile)).stream()
                .map(cause -> cause.field() + ": " + cause.message()).toList();
    }

    @Test
    void tellsStrategicPatchesHowToMerge() {
        MergeKeys spec = schema(Kinds.DEPLOYMENTS).mergeKeys().field("spec");
        MergeKeys pod = spec.field("template").field("spec");
        assertEquals(Optional.of("name"), pod.field("containers").mergeKey());
        assertEquals(MergeKeys.Strategy.MERGE, pod.field("containers").strategy());
        assertEquals(Optional.of("containerPort"), pod.field("containers").element().field("ports").mergeKey());
        assertTrue(pod.field("volumes").retainsKeys());
        assertTrue(spec.field("strategy").retainsKeys());
        assertEquals(MergeKeys.Strategy.UNSET, pod.field("tolerations").strategy());
        assertEquals(Optional.empty(), schema(Kinds.PODS).mergeKeys().field("metadata").field("finalizers").mergeKey());
    }
}
