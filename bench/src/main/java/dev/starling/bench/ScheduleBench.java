package dev.starling.bench;

import dev.starling.control.scheduler.Placement;
import dev.starling.kube.object.KubeObject;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * {@code starling bench schedule}: the scheduler's decisions alone, without API, store and informers, on one thread.
 * The cases are those of Kubernetes' own scheduler_perf, with its nodes and pods.
 */
final class ScheduleBench {
    private static final int NODES = 5_000;
    private static final int PODS = 10_000;
    private static final int WARM_UPS = 8;
    private static final int RUNS = 5;
    private static final String COLOR = "\"labelSelector\":{\"matchLabels\":{\"color\":\"%s\"}}";
    private static final String BOTH = "\"namespaces\":[\"sched-1\",\"sched-0\"],";
    private static final String DEVOPS = "\"namespaceSelector\":{\"matchLabels\":{\"team\":\"devops\"}},";
    private static final String HOST = "\"topologyKey\":\"kubernetes.io/hostname\",";
    private static final String ZONE = "\"topologyKey\":\"topology.kubernetes.io/zone\",";

    /**
     * @param spec fields of the pods' spec, each with a comma behind it
     * @param cpus how many different requests of CPU there are among the pods
     */
    private record Case(String name, int nodes, int pods, String spec, int cpus) {
        Case(String name, int pods, String spec) {
            this(name, NODES, pods, spec, 1);
        }
    }

    private static final List<Case> CASES = List.of(
            new Case("basic", PODS, ""),
            new Case("basic, 100 different requests", NODES, PODS, "", 100),
            new Case("basic", 500, PODS, "", 1),
            new Case("basic", 50_000, PODS, "", 1),
            new Case("anti-affinity, host", 4_500, affinity("podAntiAffinity", BOTH + HOST)),
            new Case("anti-affinity preferred, host", PODS, preferred("podAntiAffinity", BOTH + HOST)),
            new Case("affinity, zone", PODS, affinity("podAffinity", BOTH + ZONE)),
            new Case("affinity preferred, host", PODS, preferred("podAffinity", BOTH + HOST)),
            new Case("anti-affinity by namespace selector, host", 4_500,
                    affinity("podAntiAffinity", DEVOPS + HOST)),
            new Case("affinity by namespace selector, zone", PODS, affinity("podAffinity", DEVOPS + ZONE)),
            new Case("topology spread, zone", PODS, spread(ZONE, "DoNotSchedule")),
            new Case("topology spread, zone and host", PODS, spread(ZONE, "DoNotSchedule").replace("],",
                    "," + constraint(HOST, "DoNotSchedule") + "],")),
            new Case("topology spread preferred, zone", PODS, spread(ZONE, "ScheduleAnyway")));

    private final Report report = new Report();

    private static String affinity(String side, String where) {
        return "\"affinity\":{\"" + side + "\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{" + where
                + color() + "}]}},";
    }

    private static String preferred(String side, String where) {
        return "\"affinity\":{\"" + side + "\":{\"preferredDuringSchedulingIgnoredDuringExecution\":[{\"weight\":1,"
                + "\"podAffinityTerm\":{" + where + color() + "}}]}},";
    }

    private static String spread(String where, String otherwise) {
        return "\"topologySpreadConstraints\":[" + constraint(where, otherwise) + "],";
    }

    private static String constraint(String where, String otherwise) {
        return "{\"maxSkew\":5,\"whenUnsatisfiable\":\"" + otherwise + "\"," + where + color() + "}";
    }

    private static String color() {
        return String.format(Locale.ROOT, COLOR, "green");
    }

    void run() {
        report.head("./starling bench schedule");
        CASES.forEach(this::measure);
        alone();
        report.foot();
    }

    private void measure(Case one) {
        var nodes = IntStream.range(0, one.nodes()).mapToObj(ScheduleBench::node).toList();
        var pods = IntStream.range(0, one.pods()).mapToObj(i -> pod(one, i)).toList();
        var rates = new ArrayList<Double>();
        var costs = new ArrayList<Double>();
        for (int i = 0; i < WARM_UPS + RUNS; i++) {
            var placement = new Placement(nodes, namespaces(), List.of());
            long begun = System.nanoTime();
            long cpu = ManagementFactory.getThreadMXBean().getThreadCpuTime(Thread.currentThread().threadId());
            pods.forEach(pod -> placed(one, placement.place(pod)));
            long used = ManagementFactory.getThreadMXBean().getThreadCpuTime(Thread.currentThread().threadId()) - cpu;
            if (i >= WARM_UPS) {
                rates.add(1e9 * pods.size() / (System.nanoTime() - begun));
                costs.add(used / 1e3 / pods.size());
            }
        }
        rates.sort(null);
        costs.sort(null);
        report.row(String.format(Locale.ROOT, "%s: %,d pods on %,d nodes", one.name(), one.pods(), one.nodes()),
                String.format(Locale.ROOT, "%,.0f decisions/s, %.1f us of processor for each", rates.get(RUNS / 2),
                        costs.get(RUNS / 2)),
                one.name().startsWith("basic") ? "several times 3,000/s" : "several times 1,000/s");
    }

    /** The way of one pod: it comes, and is away before the next one comes. */
    private void alone() {
        var one = new Case("alone", 1, PODS, "", 1);
        var pods = IntStream.range(0, PODS).mapToObj(i -> pod(one, i)).toList();
        var placement = new Placement(List.of(node(0)), namespaces(), List.of());
        var times = new ArrayList<Long>();
        for (int i = 0; i < 3 * PODS; i++) {
            var pod = pods.get(i % PODS);
            long begun = System.nanoTime();
            placed(one, placement.place(pod));
            times.add(System.nanoTime() - begun);
            placement.remove(pod.namespacedName());
        }
        var last = times.subList(2 * PODS, 3 * PODS).stream().sorted().toList();
        report.row("one pod on one node, after 20,000 others", String.format(Locale.ROOT, "p50 %.1f us, p99 %.1f us",
                last.get(PODS / 2) / 1e3, last.get(PODS * 99 / 100) / 1e3), "");
    }

    private static void placed(Case one, Placement.Answer answer) {
        if (answer.node().isEmpty()) {
            throw new BenchException(one.name() + ": no node takes a pod: " + answer.why());
        }
    }

    private static List<KubeObject> namespaces() {
        return IntStream.range(0, 2).mapToObj(i -> object("""
                {"kind":"Namespace","metadata":{"name":"sched-%d","labels":{"team":"devops"}}}""", i)).toList();
    }

    private static KubeObject node(int number) {
        return object("""
                {"kind":"Node","metadata":{"name":"node-%1$05d","labels":{"kubernetes.io/hostname":"node-%1$05d",\
                "topology.kubernetes.io/zone":"moon-%2$d"}},"spec":{},\
                "status":{"allocatable":{"cpu":"4","memory":"32Gi","pods":"110"}}}""", number, number % 3);
    }

    private static KubeObject pod(Case one, int number) {
        return object("""
                {"kind":"Pod","metadata":{"namespace":"sched-%1$d","name":"pod-%2$d","uid":"%2$d",\
                "labels":{"color":"green"}},"spec":{%3$s"containers":[{"name":"pause","image":"pause:3.10",\
                "ports":[{"containerPort":80}],"resources":{"requests":{"cpu":"%4$dm","memory":"500Mi"},\
                "limits":{"cpu":"%4$dm","memory":"500Mi"}}}],"tolerations":[{"effect":"NoExecute",\
                "key":"node.kubernetes.io/not-ready","operator":"Exists","tolerationSeconds":300},\
                {"effect":"NoExecute","key":"node.kubernetes.io/unreachable","operator":"Exists",\
                "tolerationSeconds":300}]}}""", one.spec().contains("topologySpread") ? 0 : number % 2, number,
                one.spec(), 100 - number % one.cpus());
    }

    private static KubeObject object(String text, Object... values) {
        var object = KubeObject.encoded(String.format(Locale.ROOT, text, values).getBytes(StandardCharsets.UTF_8));
        object.tree();
        return object;
    }
}
