package dev.starling.apiserver.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.apiserver.schema.BuiltInSchema;
import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the kinds that no controller of the product acts on must say, and what their defaults are. */
class KindValidationTest {
    private static final Schemas SCHEMAS = Schemas.builtIn();
    private static final Validation CHECKS = new Validation();
    private static final String WORKLOAD = "'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':"
            + "{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}";
    private static final String CLAIM = "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}";
    private static final String WEBHOOK = "'webhooks':[{'name':'a.b.c','sideEffects':'None',"
            + "'admissionReviewVersions':['v1'],'clientConfig':{'service':{'name':'s','namespace':'n'}},"
            + "'rules':[{'operations':['*'],'apiGroups':[''],'apiVersions':['v1'],'resources':['pods']}]}]";

    private static JsonObject object(ResourceType type, String fields) {
        return named(type, "n", fields);
    }

    private static JsonObject named(ResourceType type, String name, String fields) {
        String text = "{'apiVersion':'" + type.apiVersion() + "','kind':'" + type.kind()
                + "','metadata':{'name':'" + name + "'}," + fields + "}";
        BuiltInSchema schema = BuiltInSchema.of(SCHEMAS, type);
        var pruned = schema.prune(JsonReader.read(text.replace('\'', '"')).object());
        assertEquals(List.of(), pruned.unknownFields());
        return schema.defaulted(pruned.object());
    }

    private static List<String> errors(ResourceType type, String fields) {
        return texts(CHECKS.errors(type, object(type, fields)));
    }

    private static List<String> updates(ResourceType type, String before, String after) {
        return texts(CHECKS.updateErrors(type, object(type, before), object(type, after)));
    }

    private static List<String> texts(List<FieldError> errors) {
        return errors.stream().map(FieldError::toString).toList();
    }

    @Test
    void acceptsSoundObjects() {
        assertEquals(List.of(), errors(Kinds.STATEFUL_SETS, "'spec':{'serviceName':'s'," + WORKLOAD
                + ",'volumeClaimTemplates':[{'metadata':{'name':'d'},'spec':{" + CLAIM + "}}]}"));
        assertEquals(List.of(), errors(Kinds.DAEMON_SETS, "'spec':{" + WORKLOAD + "}"));
        assertEquals(List.of(), errors(Kinds.REPLICATION_CONTROLLERS, "'spec':{'template':{'metadata':{'labels':"
                + "{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}"));
        assertEquals(List.of(), errors(Kinds.PERSISTENT_VOLUME_CLAIMS, "'spec':{" + CLAIM + "}"));
        assertEquals(List.of(), errors(Kinds.PERSISTENT_VOLUMES, "'spec':{'accessModes':['ReadWriteOnce'],"
                + "'capacity':{'storage':'1Gi'},'hostPath':{'path':'/d'}}"));
        assertEquals(List.of(), errors(Kinds.STORAGE_CLASSES, "'provisioner':'example.com/p'"));
        assertEquals(List.of(), errors(Kinds.POD_DISRUPTION_BUDGETS, "'spec':{'minAvailable':'50%'}"));
        assertEquals(List.of(), errors(Kinds.LIMIT_RANGES, "'spec':{'limits':[{'type':'Container',"
                + "'max':{'cpu':'2'},'min':{'cpu':'100m'}}]}"));
        assertEquals(List.of(), errors(Kinds.RESOURCE_QUOTAS, "'spec':{'hard':{'pods':'3','requests.cpu':'1',"
                + "'count/jobs.batch':'5'}}"));
        assertEquals(List.of(), errors(Kinds.NETWORK_POLICIES, "'spec':{'podSelector':{},'ingress':[{'from':["
                + "{'ipBlock':{'cidr':'10.0.0.0/8','except':['10.1.0.0/16']}}],'ports':[{'port':80}]}]}"));
        assertEquals(List.of(), errors(Kinds.INGRESSES, "'spec':{'rules':[{'host':'*.a.b','http':{'paths':[{'path':'/',"
                + "'pathType':'Prefix','backend':{'service':{'name':'s','port':{'number':80}}}}]}}]}"));
        assertEquals(List.of(), errors(Kinds.VALIDATING_WEBHOOK_CONFIGURATIONS, WEBHOOK));
        assertEquals(List.of(), errors(Kinds.PRIORITY_CLASSES, "'value':7"));
    }

    @Test
    void fillsInWhatUpstreamDoes() {
        assertEquals("[\"Ingress\",\"Egress\"]", object(Kinds.NETWORK_POLICIES, "'spec':{'egress':[{}]}")
                .at("spec", "policyTypes").toString());
        var limits = object(Kinds.LIMIT_RANGES, "'spec':{'limits':[{'type':'Container','max':{'cpu':'2'},"
                + "'min':{'memory':'1Mi'}}]}").array("spec", "limits").at(0).object();
        assertEquals("2", limits.text("default", "cpu"));
        assertEquals("2", limits.text("defaultRequest", "cpu"));
        assertEquals("1Mi", limits.text("defaultRequest", "memory"));
        var webhook = object(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS, WEBHOOK).array("webhooks").at(0).object();
        assertEquals("Fail Equivalent Never", webhook.text("failurePolicy") + " " + webhook.text("matchPolicy") + " "
                + webhook.text("reinvocationPolicy"));
        assertEquals(443, webhook.at("clientConfig", "service", "port").number(0));
        assertEquals("*", webhook.array("rules").at(0).object().text("scope"));
        assertEquals("Always", object(Kinds.POD_TEMPLATES, "'template':{'spec':{'containers':[{'name':'c',"
                + "'image':'i'}]}}").text("template", "spec", "restartPolicy"));
        assertEquals("PersistentVolumeClaim", object(Kinds.STATEFUL_SETS, "'spec':{'volumeClaimTemplates':[{}]}")
                .array("spec", "volumeClaimTemplates").at(0).object().text("kind"));
        assertEquals("true false", object(Kinds.CSI_DRIVERS, "'spec':{}").at("spec", "attachRequired") + " "
                + object(Kinds.CSI_DRIVERS, "'spec':{}").at("spec", "podInfoOnMount"));
        assertEquals(1, object(Kinds.RESOURCE_CLAIMS, "'spec':{'devices':{'requests':[{'name':'r','exactly':{"
                + "'deviceClassName':'c'}}]}}").array("spec", "devices", "requests").at(0)
                .object().at("exactly", "count").number(0));
    }

    @Test
    void refusesInUpstreamsWords() {
        assertEquals(List.of("spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified",
                "spec.rules[0].http.paths[0].backend: Required value: resource or service backend is required"),
                errors(Kinds.INGRESSES, "'spec':{'rules':[{'http':{'paths':[{'path':'/'}]}}]}"));
        assertEquals(List.of("spec.accessModes: Required value: at least 1 access mode is required",
                "spec.resources[storage]: Required value"), errors(Kinds.PERSISTENT_VOLUME_CLAIMS, "'spec':{}"));
        assertEquals(List.of("spec: Required value: must specify a volume type"), errors(Kinds.PERSISTENT_VOLUMES,
                "'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1Gi'}}"));
        assertEquals(List.of("spec.limits[0].min[cpu]: Invalid value: \"2\": min value 2 is greater than max value 1"),
                errors(Kinds.LIMIT_RANGES, "'spec':{'limits':[{'type':'Pod','max':{'cpu':'1'},'min':{'cpu':'2'}}]}"));
        assertEquals(List.of("spec.hard[apples]: Invalid value: \"apples\": must be a standard resource for quotas"),
                errors(Kinds.RESOURCE_QUOTAS, "'spec':{'hard':{'apples':'3'}}"));
        assertEquals(List.of("value: Forbidden: maximum allowed value of a user defined priority is 1000000000"),
                errors(Kinds.PRIORITY_CLASSES, "'value':1000000001"));
        assertEquals(List.of("webhooks[0].name: Invalid value: \"a.b\": should be a domain with at least three "
                + "segments separated by dots"), errors(Kinds.MUTATING_WEBHOOK_CONFIGURATIONS,
                WEBHOOK.replace("a.b.c", "a.b")));
        assertEquals(List.of("spec.validationActions: Invalid value: [\"Deny\",\"Warn\"]: must not contain both Deny "
                + "and Warn (repeating the same validation failure information in the API response and headers "
                + "serves no purpose)"), errors(Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS,
                "'spec':{'policyName':'p','validationActions':['Deny','Warn']}"));
        assertEquals(List.of("metadata.name: Invalid value: \"n\": must be a valid IP address, (e.g. 10.9.8.7 or "
                + "2001:db8::ffff)", "spec.parentRef: Required value"), errors(Kinds.IP_ADDRESSES, "'spec':{}"));
        assertEquals(List.of("eventTime: Required value"), texts(CHECKS.errors(Kinds.EVENTS_V1, object(Kinds.EVENTS_V1,
                "'type':'Normal'"))));
    }

    @Test
    void keepsWhatMayNotChange() {
        assertEquals(List.of("spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
                + "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"),
                updates(Kinds.STATEFUL_SETS, "'spec':{'serviceName':'s'}", "'spec':{'serviceName':'t'}"));
        assertEquals(List.of(), updates(Kinds.STATEFUL_SETS, "'spec':{'replicas':1}", "'spec':{'replicas':2}"));
        assertEquals(List.of("provisioner: Forbidden: updates to provisioner are forbidden."),
                updates(Kinds.STORAGE_CLASSES, "'provisioner':'a'", "'provisioner':'b'"));
        assertEquals(List.of("spec: Forbidden: spec is immutable after creation except resources.requests and "
                + "volumeAttributesClassName for bound claims"), updates(Kinds.PERSISTENT_VOLUME_CLAIMS,
                "'spec':{" + CLAIM + "}", "'spec':{" + CLAIM.replace("1Gi", "2Gi") + "}"));
        assertEquals(List.of("value: Forbidden: may not be changed in an update."),
                updates(Kinds.PRIORITY_CLASSES, "'value':1", "'value':2"));
        assertEquals(List.of("spec.scopes: Invalid value: [\"BestEffort\"]: field is immutable"),
                updates(Kinds.RESOURCE_QUOTAS, "'spec':{}", "'spec':{'scopes':['BestEffort']}"));
    }
}
