package dev.starling.node.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnsupportedTest {
    private static List<String> refusals(String spec) {
        return Unsupported.of((JsonObject) JsonReader.read(spec.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'hostNetwork':true} | spec.hostNetwork",
        "{'containers':[{'name':'a','lifecycle':{'preStop':{}}}]} | spec.containers[0].lifecycle",
        "{'containers':[{'securityContext':{'privileged':true}}]} | spec.containers[0].securityContext.privileged",
        "{'containers':[{'ports':[{'hostPort':80}]}]} | spec.containers[0].ports[0].hostPort",
        "{'containers':[{'livenessProbe':{'grpc':{'port':1}}}]} | spec.containers[0].livenessProbe.grpc",
        "{'initContainers':[{'restartPolicy':'Always'}]} | spec.initContainers[0].restartPolicy",
        "{'volumes':[{'name':'v','hostPath':{'path':'/'}}]} | spec.volumes[0].hostPath",
        "{'volumes':[{'name':'v','persistentVolumeClaim':{}}]} | spec.volumes[0].persistentVolumeClaim",
        "{'readinessGates':[{'conditionType':'x'}]} | spec.readinessGates",
        "{'containers':[{'resources':{'limits':{'hugepages-2Mi':'2Mi'}}}]} | "
                + "spec.containers[0].resources.limits[hugepages-2Mi]",
        "{'containers':[{'volumeMounts':[{'mountPropagation':'Bidirectional'}]}]} | "
                + "spec.containers[0].volumeMounts[0].mountPropagation"})
    void refusesByFieldAndReason(String spec, String field) {
        assertEquals(List.of(field + ": not supported yet by Starling"), refusals(spec));
    }

    @Test
    void acceptsWhatCanRun() {
        assertEquals(List.of(), refusals("{'containers':[{'name':'a','image':'x','resources':{'limits':{'cpu':'1'}},"
                + "'readinessProbe':{'httpGet':{'port':80}},'securityContext':{'runAsUser':7,'capabilities':"
                + "{'drop':['ALL']},'seccompProfile':{'type':'RuntimeDefault'}}}],"
                + "'volumes':[{'name':'e','emptyDir':{}},{'name':'t','projected':{'sources':["
                + "{'serviceAccountToken':{'path':'token'}}]}}],'hostNetwork':false,"
                + "'securityContext':{'fsGroup':5},'hostname':'web-0','subdomain':'heads','affinity':{'nodeAffinity':"
                + "{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[{'matchFields':["
                + "{'key':'metadata.name','operator':'In','values':['n']}]}]}},'podAntiAffinity':"
                + "{'requiredDuringSchedulingIgnoredDuringExecution':[{}]}},'schedulingGates':[{'name':'g'}],"
                + "'topologySpreadConstraints':[{'whenUnsatisfiable':'DoNotSchedule'}]}"));
    }
}
