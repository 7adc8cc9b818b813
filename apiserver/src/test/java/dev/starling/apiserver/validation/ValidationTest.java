package dev.starling.apiserver.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidationTest {
    private static final Schemas SCHEMAS = Schemas.builtIn();
    private static final Validation CHECKS = new Validation();
    private static final String POD = "{'containers':[{'name':'c','image':'i'}]}";
    private static final String TEMPLATE = "{'metadata':{'labels':{'a':'b'}},'spec':" + POD + "}";
    private static final String DEPLOYMENT =
            "'selector':{'matchLabels':{'a':'b'}},'template':" + TEMPLATE;
    private static final String JOB = "'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':"
            + "{'a':'b'}},'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}";

    private static JsonObject object(ResourceType type, String fields) {
        String text = "{'apiVersion':'" + type.apiVersion() + "','kind':'" + type.kind()
                + "','metadata':{'name':'n','namespace':'s'}," + fields + "}";
        BuiltInSchema schema = BuiltInSchema.of(SCHEMAS, type);
        var pruned = schema.prune(JsonReader.read(text.replace('\'', '"')).object());
        assertEquals(List.of(), pruned.unknownFields());
        return schema.defaulted(pruned.object());
    }

    private static List<String> errors(ResourceType type, String fields) {
        return CHECKS.errors(type, object(type, fields)).stream().map(FieldError::toString).toList();
    }

    private static List<String> updateErrors(ResourceType type, String before, String after) {
        return CHECKS.updateErrors(type, object(type, before), object(type, after)).stream()
                .map(FieldError::toString).toList();
    }

    private static String container(String more) {
        return "'spec':{'containers':[{'name':'c','image':'i'," + more + "}]}";
    }

    @Test
    void acceptsSoundObjects() {
        assertEquals(List.of(), errors(Kinds.PODS, "'spec':" + POD));
        assertEquals(List.of(), errors(Kinds.DEPLOYMENTS, "'spec':{" + DEPLOYMENT + "}"));
        assertEquals(List.of(), errors(Kinds.REPLICA_SETS, "'spec':{" + DEPLOYMENT + "}"));
        assertEquals(List.of(), errors(Kinds.JOBS, "'spec':{" + JOB + "}"));
        assertEquals(List.of(), errors(Kinds.CRON_JOBS, "'spec':{'schedule':'*/5 0-3 * jan,MAR mon-5','timeZone':"
                + "'Europe/Berlin','jobTemplate':{'spec':{'template':{'spec':{'restartPolicy':'OnFailure',"
                + "'containers':[{'name':'c','image':'i'}]}}}}}"));
        assertEquals(List.of(), errors(Kinds.SERVICES, "'spec':{'clusterIP':'10.0.0.1','ports':[{'port':80}]}"));
        assertEquals(List.of(), errors(Kinds.HORIZONTAL_POD_AUTOSCALERS, "'spec':{'maxReplicas':3,'scaleTargetRef':"
                + "{'apiVersion':'apps/v1','kind':'Deployment','name':'web'},'behavior':{}}"));
        assertEquals(List.of(), errors(Kinds.ENDPOINT_SLICES,
                "'addressType':'IPv4','endpoints':[{'addresses':['10.1.1.1']}],'ports':[{'port':80}]"));
        assertEquals(List.of(), errors(Kinds.FARGATE_PROFILES, "'spec':{'selectors':[{'namespace':'dev-*','labels':"
                + "{'ti?r':'*','env':'d?v'}}]}"));
        assertEquals(List.of(), errors(Kinds.LEASES, "'spec':{'leaseDurationSeconds':40,'renewTime':"
                + "'2026-01-01T00:00:00.000001Z'}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "'spec':{} | spec.containers: Required value",
        "'spec':{'containers':[{'image':'i'}]} | spec.containers[0].name: Required value",
        "'spec':{'containers':[{'name':'c'}]} | spec.containers[0].image: Required value",
        "'spec':{'containers':[{'name':'c','image':' i'}]} | spec.containers[0].image: Invalid value: \" i\": "
                + "must not have leading or trailing whitespace",
        "'spec':{'containers':[{'name':'a.b','image':'i'}]} | spec.containers[0].name: Invalid value: \"a.b\": "
                + "must not contain dots",
        "'spec':{'containers':[{'name':'c','image':'i'},{'name':'c','image':'i'}]} | "
                + "spec.containers[1].name: Duplicate value: \"c\"",
        "'spec':{'containers':[{'name':'c','image':'i'}],'volumes':[{'name':'v','csi':{}}]} "
                + "| spec.volumes[0].csi.driver: Required value",
        "'spec':{'containers':[{'name':'c','image':'i'}],'volumes':[{'name':'v','emptyDir':{},'hostPath':"
                + "{'path':'/'}}]} | spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type",
        "'spec':{'containers':[{'name':'c','image':'i'}],'volumes':[{'name':'v','configMap':{}}]} | "
                + "spec.volumes[0].configMap.name: Required value",
        "'spec':{'containers':[{'name':'c','image':'i'}],'initContainers':[{'name':'x','image':'i',"
                + "'livenessProbe':{'exec':{'command':['a']}}}]} | spec.initContainers[0].livenessProbe: Forbidden: "
                + "may not be set for init containers without restartPolicy=Always",
        "'spec':{'activeDeadlineSeconds':0,'containers':[{'name':'c','image':'i'}]} | spec.activeDeadlineSeconds: "
                + "Invalid value: 0: must be between 1 and 2147483647, inclusive",
        "'spec':{'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':'DoNotSchedule',"
                + "'labelSelector':{'matchExpressions':[{'key':'a','operator':'in'}]}}],'containers':[{'name':'c',"
                + "'image':'i'}]} | spec.topologySpreadConstraints[0].labelSelector.matchExpressions[0].operator: "
                + "Invalid value: \"in\": not a valid selector operator",
        "'spec':{'affinity':{'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'topologyKey':'z',"
                + "'namespaceSelector':{'matchExpressions':[{'key':'a','operator':'in'}]}}]}},'containers':[{'name':"
                + "'c','image':'i'}]} | spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
                + ".namespaceSelector.matchExpressions[0].operator: Invalid value: \"in\": not a valid selector "
                + "operator",
        "'spec':{'tolerations':[{'operator':'Equal'}],'containers':[{'name':'c','image':'i'}]} | "
                + "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is "
                + "empty, which means \"match all values and all keys\"",
    })
    void refusesUnsoundPods(String fields, String message) {
        assertEquals(List.of(message), errors(Kinds.PODS, fields));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "'ports':[{'containerPort':70000}] | ports[0].containerPort: Invalid value: 70000: must be between 1 and "
                + "65535, inclusive",
        "'ports':[{'containerPort':80,'name':'uPPER'}] | ports[0].name: Invalid value: \"uPPER\": must contain only "
                + "alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        "'resources':{'requests':{'cpu':'200m'},'limits':{'cpu':'100m'}} | resources.requests: Invalid value: "
                + "\"200m\": must be less than or equal to cpu limit of 100m",
        "'resources':{'limits':{'cpu':'-1'}} | resources.limits[cpu]: Invalid value: \"-1\": must be greater than or "
                + "equal to 0",
        "'resources':{'limits':{'coffee':'1'}} | resources.limits: Invalid value: \"coffee\": must be a standard "
                + "resource for containers",
        "'volumeMounts':[{'name':'v','mountPath':'/v'}] | volumeMounts[0].name: Not found: \"v\"",
        "'env':[{'name':'A','value':'x','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}}] | env[0].valueFrom: "
                + "Invalid value: \"\": may not be specified when `value` is not empty",
        "'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'spec.x'}}}] | env[0].valueFrom.fieldRef.fieldPath: "
                + "Unsupported value: \"spec.x\": supported values: \"metadata.name\", \"metadata.namespace\", "
                + "\"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", "
                + "\"status.hostIPs\", \"status.podIP\", \"status.podIPs\"",
        "'livenessProbe':{} | livenessProbe: Required value: must specify a handler type",
        "'livenessProbe':{'exec':{'command':['a']},'tcpSocket':{'port':1}} | livenessProbe.tcpSocket: Forbidden: may "
                + "not specify more than 1 handler type",
        "'livenessProbe':{'exec':{'command':['a']},'successThreshold':2} | livenessProbe.successThreshold: Invalid "
                + "value: 2: must be 1",
        "'readinessProbe':{'httpGet':{'port':0}} | readinessProbe.httpGet.port: Invalid value: 0: must be between 1 "
                + "and 65535, inclusive",
    })
    void refusesUnsoundContainers(String fields, String message) {
        assertEquals("spec.containers[0]." + message, errors(Kinds.PODS, container(fields)).getFirst());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "'replicas':-1 | spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        "'strategy':{'type':'Recreate','rollingUpdate':{}} | spec.strategy.rollingUpdate: Forbidden: may not be "
                + "specified when strategy `type` is 'Recreate'",
        "'strategy':{'rollingUpdate':{'maxUnavailable':0,'maxSurge':0}} | spec.strategy.rollingUpdate.maxUnavailable: "
                + "Invalid value: 0: may not be 0 when `maxSurge` is 0",
        "'minReadySeconds':600 | spec.progressDeadlineSeconds: Invalid value: 600: must be greater than "
                + "minReadySeconds",
    })
    void refusesUnsoundDeployments(String fields, String message) {
        assertEquals(List.of(message), errors(Kinds.DEPLOYMENTS, "'spec':{" + DEPLOYMENT + "," + fields + "}"));
    }

    @Test
    void refusesSelectorsThatMissTheTemplate() {
        assertEquals(List.of("spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: `selector` does not match "
                + "template `labels`"), errors(Kinds.DEPLOYMENTS,
                "'spec':{'selector':{'matchLabels':{'x':'y'}},'template':" + TEMPLATE + "}"));
        assertEquals(List.of("spec.selector: Required value", "spec.template.metadata.labels: Invalid value: "
                + "{\"a\":\"b\"}: `selector` does not match template `labels`"),
                errors(Kinds.DEPLOYMENTS, "'spec':{'template':" + TEMPLATE + "}"));
        assertEquals(List.of("spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"c\"}}: field is immutable"),
                updateErrors(Kinds.DEPLOYMENTS, "'spec':{" + DEPLOYMENT + "}",
                        "'spec':{" + DEPLOYMENT.replace("'b'", "'c'") + "}"));
    }

    @Test
    void refusesUnsoundJobs() {
        assertEquals(List.of("spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", "
                + "\"Never\""), errors(Kinds.JOBS, "'spec':{" + JOB.replace("'restartPolicy':'Never',", "") + "}"));
        assertEquals(List.of("spec.completions: Required value: when completion mode is Indexed"),
                errors(Kinds.JOBS, "'spec':{'completionMode':'Indexed','parallelism':1," + JOB + "}"));
        List<String> template = updateErrors(Kinds.JOBS, "'spec':{" + JOB + "}",
                "'spec':{" + JOB.replace("'image':'i'", "'image':'j'") + "}");
        assertEquals(1, template.size());
        assertTrue(template.getFirst().startsWith("spec.template: Invalid value: {"), template.getFirst());
        assertTrue(template.getFirst().endsWith("}: field is immutable"), template.getFirst());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "* * * | expected exactly 5 fields, found 3: [* * *]",
        "61 * * * * | end of range (61) above maximum (59): 61",
        "x * * * * | failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax",
        "5-1 * * * * | beginning of range (5) beyond end of range (1): 5-1",
        "*/0 * * * * | step of range should be a positive number: */0",
        "@never | unrecognized descriptor: @never",
        "TZ=UTC * * * * * | cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
    })
    void refusesMalformedSchedules(String schedule, String message) {
        assertEquals(List.of("spec.schedule: Invalid value: \"" + schedule + "\": " + message), errors(
                Kinds.CRON_JOBS, "'spec':{'schedule':'" + schedule + "','jobTemplate':{'spec':{'template':{'spec':"
                + "{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}}"));
    }

    @Test
    void refusesOtherChangesOfPodsThanTheAllowedOnes() {
        assertEquals(List.of(), updateErrors(Kinds.PODS, "'spec':" + POD, "'spec':"
                + "{'containers':[{'name':'c','image':'other','imagePullPolicy':'Always'}],'activeDeadlineSeconds':5,"
                + "'tolerations':[{'operator':'Exists'}]}"));
        String changed = updateErrors(Kinds.PODS, "'spec':" + POD, "'spec':{'hostNetwork':true,'containers':"
                + "[{'name':'c','image':'i'}]}").getFirst();
        assertTrue(changed.startsWith("spec: Forbidden: pod updates may not change fields other than "
                + "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
                + "`spec.tolerations` (only additions to existing tolerations)"), changed);
        assertEquals(List.of("spec.containers: Forbidden: pod updates may not add or remove containers"),
                updateErrors(Kinds.PODS, "'spec':" + POD, "'spec':{'containers':[{'name':'c','image':'i'},"
                        + "{'name':'d','image':'i'}]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "{} | spec.ports: Required value",
        "{'ports':[{'port':0,'targetPort':1}]} | spec.ports[0].port: Invalid value: 0: must be between 1 and "
                + "65535, inclusive",
        "{'ports':[{'port':1,'name':'a'},{'port':2}]} | spec.ports[1].name: Required value",
        "{'ports':[{'port':1,'name':'a'},{'port':1,'name':'b'}]} | spec.ports[1]: Duplicate value: "
                + "{\"port\":1,\"protocol\":\"TCP\"}",
        "{'ports':[{'port':1,'targetPort':'bad_name'}]} | spec.ports[0].targetPort: Invalid value: \"bad_name\": "
                + "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        "{'clusterIP':'x','ports':[{'port':1}]} | spec.clusterIPs[0]: Invalid value: \"x\": must be a valid IP "
                + "address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
    })
    void refusesUnsoundServices(String spec, String message) {
        assertEquals(List.of(message), errors(Kinds.SERVICES, "'spec':" + spec));
    }

    @Test
    void keepsClusterAddresses() {
        assertEquals(List.of("spec.clusterIPs[0]: Invalid value: [\"10.0.0.2\"]: may not change once set"),
                updateErrors(Kinds.SERVICES, "'spec':{'clusterIP':'10.0.0.1'}", "'spec':{'clusterIP':'10.0.0.2'}"));
    }

    @Test
    void refusesUnsoundConfigMapsAndSecrets() {
        assertEquals(List.of("data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric "
                + "characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for "
                + "validation is '[-._a-zA-Z0-9]+')"), errors(Kinds.CONFIG_MAPS, "'data':{'a b':'x'}"));
        assertEquals(List.of("data[tls.crt]: Required value", "data[tls.key]: Required value"),
                errors(Kinds.SECRETS, "'type':'kubernetes.io/tls'"));
        assertEquals(List.of("data: Forbidden: field is immutable when `immutable` is set"), updateErrors(
                Kinds.CONFIG_MAPS, "'immutable':true,'data':{'a':'b'}", "'immutable':true,'data':{'a':'c'}"));
        assertEquals(List.of("type: Invalid value: \"b\": field is immutable"),
                updateErrors(Kinds.SECRETS, "'type':'a'", "'type':'b'"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "'maxReplicas':0 | spec.maxReplicas: Invalid value: 0: must be greater than 0",
        "'minReplicas':5,'maxReplicas':3 | spec.maxReplicas: Invalid value: 3: must be greater than or equal to "
                + "`minReplicas`",
        "'maxReplicas':3,'metrics':[{'type':'Resource'}] | spec.metrics[0].resource: Required value: must populate "
                + "information for the given metric source",
        "'maxReplicas':3,'behavior':{'scaleDown':{'stabilizationWindowSeconds':4000}} | "
                + "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal "
                + "to 3600",
    })
    void refusesUnsoundAutoscalers(String fields, String message) {
        List<String> errors = errors(Kinds.HORIZONTAL_POD_AUTOSCALERS,
                "'spec':{'scaleTargetRef':{'kind':'Deployment','name':'web'}," + fields + "}");
        assertEquals(message, errors.getFirst());
    }

    @Test
    void refusesUnsoundLabelsAndAnnotations() {
        JsonObject map = object(Kinds.CONFIG_MAPS, "'data':{}").with("metadata", JsonReader.read(
                "{\"name\":\"n\",\"labels\":{\"a/b/c\":\"x\",\"ok\":\"-\"}}"));
        List<String> errors = CHECKS.errors(Kinds.CONFIG_MAPS, map).stream().map(FieldError::toString).toList();
        assertEquals(2, errors.size());
        assertTrue(errors.getFirst().startsWith("metadata.labels: Invalid value: \"a/b/c\": a valid label key must "
                + "consist of"), errors.getFirst());
        assertTrue(errors.getLast().startsWith("metadata.labels: Invalid value: \"-\": a valid label must be an empty "
                + "string or consist of"), errors.getLast());
    }

    @Test
    void refusesUnsoundSmallKinds() {
        assertEquals(List.of("spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"),
                errors(Kinds.LEASES, "'spec':{'leaseDurationSeconds':0}"));
        assertEquals(List.of("endpoints[0].addresses[0]: Invalid value: \"x\": must be an IPv4 address"),
                errors(Kinds.ENDPOINT_SLICES, "'addressType':'IPv4','endpoints':[{'addresses':['x']}]"));
        assertEquals(List.of("handler: Invalid value: \"b\": field is immutable"),
                updateErrors(Kinds.RUNTIME_CLASSES, "'handler':'a'", "'handler':'b'"));
        assertEquals(List.of("involvedObject.namespace: Invalid value: \"t\": does not match event.namespace"),
                errors(Kinds.EVENTS, "'involvedObject':{'namespace':'t'}"));
    }

    @Test
    void refusesProfilesWhoseSelectorsCanMatchNothing() {
        var errors = errors(Kinds.FARGATE_PROFILES,
                "'spec':{'selectors':[{'namespace':'Dev-*','labels':{'a':'b c'}}]}");
        assertEquals(2, errors.size(), errors::toString);
        assertTrue(errors.getFirst().startsWith("spec.selectors[0].namespace: Invalid value: \"Dev-*\": a lowercase"),
                errors::toString);
        assertTrue(errors.getLast().startsWith("spec.selectors[0].labels: Invalid value: \"b c\""), errors::toString);
    }
}
