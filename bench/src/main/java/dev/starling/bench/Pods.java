package dev.starling.bench;

import java.util.Locale;

/** Pods that nobody schedules, of the size that pods have in the field: about 2.7 KB each. */
final class Pods {
    private static final String ENV = "{\"name\":\"SETTING_%d\",\"value\":\"%s\"}";

    private Pods() {
    }

    static String body(int number) {
        var env = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            env.append(i == 0 ? "" : ",")
                    .append(String.format(Locale.ROOT, ENV, i, "value-" + number + "-of-this-one"));
        }
        return """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"load-%1$d","labels":{"app":"load","shard":"s%2$d",\
            "pod-template-hash":"6d4cf56db6"},"annotations":{"example.com/owner":"team-%2$d"}},"spec":{\
            "schedulerName":"nobody","containers":[{"name":"main",\
            "image":"registry.example.com/team/service:v1.2.%2$d",\
            "ports":[{"containerPort":8080,"name":"http"}],"env":[%3$s],"resources":{\
            "requests":{"cpu":"100m","memory":"128Mi"},"limits":{"cpu":"500m","memory":"256Mi"}},\
            "readinessProbe":{"httpGet":{"path":"/ready","port":8080},"periodSeconds":5},\
            "livenessProbe":{"httpGet":{"path":"/live","port":8080}},"volumeMounts":[{"name":"tmp",\
            "mountPath":"/tmp"}]}],"volumes":[{"name":"tmp","emptyDir":{}}]}}""".formatted(number, number % 10, env);
    }
}
