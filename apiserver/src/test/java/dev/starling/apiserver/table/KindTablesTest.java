package dev.starling.apiserver.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import dev.starling.kube.yaml.Yaml;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The columns and cells of the kinds that are not everyday ones. */
class KindTablesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
    private static final String BORN = "metadata: {name: a, creationTimestamp: '2026-01-01T00:00:00Z'}\n";

    private static String row(ResourceType type, String yaml) {
        var object = KubeObject.of(Yaml.documents(BORN + yaml).getFirst().object());
        var table = Tables.table(type, List.of(object),
                new Tables.Wish("v1", JsonObject.EMPTY, Tables.Include.NONE, true, NOW));
        var columns = table.array("columnDefinitions").objects();
        var cells = table.array("rows").at(0).object().array("cells");
        var text = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            text.append(i == 0 ? "" : " | ").append(column.text("name"))
                    .append(column.at("priority").number(0) > 0 ? "*" : "").append('=')
                    .append(cells.at(i).text().isEmpty() ? cells.at(i).toString() : cells.at(i).text());
        }
        return text.toString();
    }

    @Test
    void showsStorage() {
        assertEquals("Name=a | Capacity=1Gi | Access Modes=RWO,RWX | Reclaim Policy=Retain | Status=Bound | Claim=d/c"
                + " | StorageClass=s | VolumeAttributesClass=<unset> | Reason=\"\" | Age=10m | VolumeMode*=Filesystem",
                row(Kinds.PERSISTENT_VOLUMES, """
                        spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteMany, ReadWriteOnce],
                               persistentVolumeReclaimPolicy: Retain, claimRef: {namespace: d, name: c},
                               storageClassName: s, volumeMode: Filesystem}
                        status: {phase: Bound}
                        """));
        assertEquals("Name=a | Status=Pending | Volume=\"\" | Capacity=\"\" | Access Modes=\"\" | StorageClass=s | "
                + "VolumeAttributesClass=<unset> | Age=10m | VolumeMode*=<unset>", row(Kinds.PERSISTENT_VOLUME_CLAIMS,
                "spec: {storageClassName: s}\nstatus: {phase: Pending}\n"));
        assertEquals("Name=a | Provisioner=p | ReclaimPolicy=Delete | VolumeBindingMode=Immediate | "
                + "AllowVolumeExpansion=false | Age=10m", row(Kinds.STORAGE_CLASSES, "provisioner: p\n"));
        assertEquals("Name=a | AttachRequired=true | PodInfoOnMount=false | StorageCapacity=false | "
                + "TokenRequests=<unset> | RequiresRepublish=false | Modes=Persistent | Age=10m",
                row(Kinds.CSI_DRIVERS, "spec: {volumeLifecycleModes: [Persistent]}\n"));
    }

    @Test
    void showsWhatIsUsed() {
        assertEquals("Name=a | cpu=3m | memory=3Ki | Window=2s", row(Kinds.POD_METRICS,
                "window: 2s\ncontainers: [{usage: {cpu: 1m, memory: 1Ki}}, {usage: {cpu: 2m, memory: 2Ki}}]\n"));
        assertEquals("Name=a | cpu=5n | memory=1Mi | Window=2s", row(Kinds.NODE_METRICS,
                "window: 2s\nusage: {cpu: 5n, memory: 1Mi}\n"));
    }

    @Test
    void showsScalesAlikeForEveryKind() {
        var scale = KubeObject.of(Yaml.documents(BORN + "spec: {replicas: 2}\nstatus: {replicas: 1}\n").getFirst()
                .object());
        var layout = Tables.layoutOfPart("Scale");
        assertEquals("[Name, Desired, Available, Age]", layout.columns().stream().map(Column::name).toList()
                .toString());
        assertEquals("[a, 2, 1, 10m]", layout.cells(scale, NOW).toString());
    }

    @Test
    void showsWorkloads() {
        String template = "template: {metadata: {labels: {x: z}}, spec: {containers: [{name: c, image: i}]}}";
        assertEquals("Name=a | Ready=1/3 | Age=10m | Containers*=c | Images*=i", row(Kinds.STATEFUL_SETS,
                "spec: {replicas: 3, " + template + "}\nstatus: {readyReplicas: 1}\n"));
        assertEquals("Name=a | Desired=2 | Current=0 | Ready=0 | Up-to-date=0 | Available=0 | Node Selector=<none> | "
                + "Age=10m | Containers*=c | Images*=i | Selector*=x=y", row(Kinds.DAEMON_SETS,
                "spec: {selector: {matchLabels: {x: y}}, " + template + "}\nstatus: {desiredNumberScheduled: 2}\n"));
        assertEquals("Name=a | Desired=3 | Current=1 | Ready=0 | Age=10m | Containers*=c | Images*=i | Selector*=x=y",
                row(Kinds.REPLICATION_CONTROLLERS, "spec: {replicas: 3, selector: {x: y}, " + template
                        + "}\nstatus: {replicas: 1}\n"));
        assertEquals("Name=a | Containers=c | Images=i | Pod Labels=x=z", row(Kinds.POD_TEMPLATES, template + "\n"));
        assertEquals("Name=a | Min Available=50% | Max Unavailable=N/A | Allowed Disruptions=0 | Age=10m",
                row(Kinds.POD_DISRUPTION_BUDGETS, "spec: {minAvailable: 50%}\n"));
        assertEquals("Name=a | Reference=Deployment/d | Targets=cpu: <unknown>/50% | MinPods=<unset> | MaxPods=3 | "
                + "Replicas=0 | Age=10m", row(Kinds.AUTOSCALERS_V1, "spec: {maxReplicas: 3, "
                + "targetCPUUtilizationPercentage: 50, scaleTargetRef: {kind: Deployment, name: d}}\n"));
    }

    @Test
    void showsNetworks() {
        assertEquals("Name=a | Endpoints=10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more... | Age=10m",
                row(Kinds.ENDPOINTS, "subsets: [{ports: [{port: 80}], addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}, "
                        + "{ip: 10.0.0.3}, {ip: 10.0.0.4}]}]\n"));
        assertEquals("Name=a | Class=<none> | Hosts=x.y | Address=\"\" | Ports=80, 443 | Age=10m",
                row(Kinds.INGRESSES, "spec: {rules: [{host: x.y}], tls: [{}]}\n"));
        assertEquals("Name=a | Pod-Selector=<none> | Age=10m", row(Kinds.NETWORK_POLICIES, "spec: {}\n"));
        assertEquals("Name=a | ParentRef=services/d/s", row(Kinds.IP_ADDRESSES,
                "spec: {parentRef: {resource: services, namespace: d, name: s}}\n"));
    }

    @Test
    void showsRulers() {
        assertEquals("Name=a | Request=pods: 1/3 | Limit=limits.cpu: 0/1 | Age=10m", row(Kinds.RESOURCE_QUOTAS,
                "status: {hard: {pods: '3', limits.cpu: '1'}, used: {pods: '1'}}\n"));
        assertEquals("Name=a | Value=7 | Global-Default=false | Age=10m | PreemptionPolicy=Never",
                row(Kinds.PRIORITY_CLASSES, "value: 7\npreemptionPolicy: Never\n"));
        assertEquals("Name=a | PolicyName=p | ParamRef=*/x | Age=10m", row(Kinds.VALIDATING_ADMISSION_POLICY_BINDINGS,
                "spec: {policyName: p, paramRef: {name: x}}\n"));
        assertEquals("Name=a | Mutations=2 | ParamKind=v1/ConfigMap | Age=10m", row(Kinds.MUTATING_ADMISSION_POLICIES,
                "spec: {paramKind: {apiVersion: v1, kind: ConfigMap}, mutations: [{}, {}]}\n"));
        assertEquals("Name=a | PriorityLevel=l | MatchingPrecedence=5 | DistinguisherMethod=ByUser | Age=10m | "
                + "MissingPL=?", row(Kinds.FLOW_SCHEMAS, "spec: {priorityLevelConfiguration: {name: l}, "
                + "matchingPrecedence: 5, distinguisherMethod: {type: ByUser}}\n"));
        assertEquals("Name=a | State=allocated,reserved | Age=10m", row(Kinds.RESOURCE_CLAIMS,
                "status: {allocation: {}, reservedFor: [{}]}\n"));
        assertEquals("Name=a | Status=Healthy | Message=ok | Error=\"\"", row(Kinds.COMPONENT_STATUSES,
                "conditions: [{type: Healthy, status: 'True', message: ok}]\n"));
    }
}
