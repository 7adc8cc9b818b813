package dev.starling.apiserver.kinds;

import static dev.starling.apiserver.kinds.KindFactory.named;
import static dev.starling.apiserver.kinds.KindFactory.status;
import static dev.starling.apiserver.kinds.KindFactory.workload;

import dev.starling.apiserver.registry.Kind;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** The kinds that make, scale and protect pods: apps, autoscaling, batch and policy. */
final class WorkloadKinds {
    private WorkloadKinds() {
    }

    static List<Kind> of(KindFactory factory) {
        return List.of(factory.scaled(Kinds.REPLICA_SETS, "rs", workload().selectableBy("status.replicas")),
                factory.scaled(Kinds.DEPLOYMENTS, "deploy", new DeploymentRules()),
                factory.scaled(Kinds.STATEFUL_SETS, "sts", workload()),
                factory.kind(inAll(Kinds.DAEMON_SETS, "ds"), new DaemonSetRules()),
                factory.kind(Kinds.CONTROLLER_REVISIONS, Traits.PLAIN), OtherVersions.events(factory),
                factory.kind(inAll(Kinds.HORIZONTAL_POD_AUTOSCALERS, "hpa"), Traits.PLAIN.withStatus()),
                OtherVersions.autoscalers(factory), factory.kind(inAll(Kinds.JOBS), new JobRules()),
                factory.kind(inAll(Kinds.CRON_JOBS, "cj"), workload()),
                factory.kind(Kinds.POD_DISRUPTION_BUDGETS, workload().updatingConditionally().namedFreely(), "pdb"));
    }

    private static ServedResource inAll(ResourceType type, String... shortNames) {
        return named(type, shortNames).withCategories("all").withSubresources(status(type));
    }
}
