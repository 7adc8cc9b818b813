package dev.starling.apiserver.admission;

import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.admission.hook.AdmissionHooks;
import dev.starling.apiserver.admission.limits.LimitDefaults;
import dev.starling.apiserver.admission.limits.LimitGate;
import dev.starling.apiserver.admission.pods.OldInitContainers;
import dev.starling.apiserver.admission.pods.PriorityAdmission;
import dev.starling.apiserver.admission.pods.RuntimeClassAdmission;
import dev.starling.apiserver.admission.pods.TolerationAdmission;
import dev.starling.apiserver.admission.policy.ExpressionGate;
import dev.starling.apiserver.admission.policy.MutatingPolicies;
import dev.starling.apiserver.admission.policy.ParamGate;
import dev.starling.apiserver.admission.policy.PolicyStatus;
import dev.starling.apiserver.admission.policy.ValidatingPolicies;
import dev.starling.apiserver.admission.quota.Quotas;
import dev.starling.apiserver.admission.security.PodSecurity;
import dev.starling.apiserver.admission.volumes.ClaimGrowth;
import dev.starling.apiserver.admission.volumes.DefaultStorageClass;
import dev.starling.apiserver.kinds.BuiltInKinds;
import dev.starling.apiserver.registry.Admission;
import dev.starling.apiserver.registry.Registry;
import dev.starling.apiserver.webhook.Webhooks;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.loop.Driver;
import dev.starling.kube.object.KubeObject;
import dev.starling.store.RevisionStore;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** All stations of one registry in their order, which is that of Kubernetes. */
public final class Admissions {
    private final List<Admission> stations;
    private final List<Admission> gates;
    private final Quotas quotas;
    private final RevisionStore<KubeObject> store;

    private Admissions(List<Admission> stations, List<Admission> gates, Quotas quotas,
            RevisionStore<KubeObject> store) {
        this.stations = stations;
        this.gates = gates;
        this.quotas = quotas;
        this.store = store;
    }

    /**
     * What the stations need of their surroundings.
     *
     * @param others what other parts let writes pass before they are validated
     * @param authorizer answers what expressions ask about permissions
     * @param random from many threads
     * @param executor calls webhooks side by side
     */
    public record Parts(RevisionStore<KubeObject> store, List<Admission> others, Authorizer authorizer,
            Webhooks webhooks, RandomGenerator random, Executor executor) {

        /** Without webhooks. */
        public static Parts alone(RevisionStore<KubeObject> store, List<Admission> others, RandomGenerator random) {
            return new Parts(store, others, (user, wanted) -> Authorizer.Verdict.NO_OPINION, Webhooks.NONE, random,
                    Runnable::run);
        }
    }

    public static Admissions of(BuiltInKinds kinds, Parts parts) {
        var quotas = new Quotas(parts.store());
        var hooks = new AdmissionHooks(parts.webhooks(), parts.random(), parts.authorizer(), parts.executor());
        var policies = new ValidatingPolicies(parts.authorizer());
        var own = kinds.admissions(List.of(new OldInitContainers(), new LimitDefaults()),
                List.of(new PriorityAdmission(), new TolerationAdmission(), new DefaultStorageClass(),
                        new RuntimeClassAdmission(), new MutatingPolicies(parts.authorizer()), hooks.mutating()));
        var stations = Stream.concat(own.stream(), parts.others().stream()).toList();
        return new Admissions(stations, List.of(new ExpressionGate(), new ParamGate(parts.authorizer()),
                new LimitGate(), new PodSecurity(), new ClaimGrowth(), policies, hooks.validating(), quotas.gate()),
                quotas, parts.store());
    }

    /** Those that may change an object before it is validated. */
    public List<Admission> stations() {
        return stations;
    }

    /** Those that only refuse, after an object was validated. */
    public List<Admission> gates() {
        return gates;
    }

    /** Begins to tell what is used of quotas. */
    public Driver.Running startQuotas(Driver driver, KubeApi api) {
        return quotas.start(driver, api);
    }

    /** Begins to tell what a check of their types finds in policies. */
    public Driver.Running startPolicies(Driver driver, KubeApi api, PolicyStatus.Types types) {
        return PolicyStatus.start(new PolicyStatus.Sources(store, Registry.reading(store), types), api, driver);
    }
}
