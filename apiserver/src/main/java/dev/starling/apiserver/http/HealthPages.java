package dev.starling.apiserver.http;

import java.util.ArrayList;
import java.util.List;

/** Serves {@code /livez}, {@code /readyz} and {@code /healthz}: all checks, or one that the path names. */
final class HealthPages {
    private final List<HealthCheck> live;
    private final List<HealthCheck> ready;

    HealthPages(List<HealthCheck> live, List<HealthCheck> ready) {
        this.live = withPing(live);
        this.ready = withPing(ready);
    }

    private static List<HealthCheck> withPing(List<HealthCheck> checks) {
        var all = new ArrayList<HealthCheck>();
        all.add(new HealthCheck("ping", () -> true));
        all.addAll(checks);
        return List.copyOf(all);
    }

    void serve(Exchange exchange, ApiRequest request) {
        String page = request.segments().getFirst();
        var checks = page.equals("livez") ? live : ready;
        var excluded = request.query().all("exclude");
        if (request.segments().size() == 2) {
            String wanted = request.segments().get(1);
            var named = checks.stream().filter(check -> check.name().equals(wanted)).toList();
            if (named.isEmpty()) {
                Answer.text(exchange, 404, "404 page not found\n");
                return;
            }
            checks = named;
        }
        report(exchange, page, checks.stream().filter(check -> !excluded.contains(check.name())).toList(),
                request.query().has("verbose"));
    }

    private static void report(Exchange exchange, String page, List<HealthCheck> checks, boolean verbose) {
        var lines = new StringBuilder();
        boolean good = true;
        for (var check : checks) {
            boolean passes = check.passes().getAsBoolean();
            good &= passes;
            lines.append(passes ? "[+]" + check.name() + " ok\n"
                    : "[-]" + check.name() + " failed: reason withheld\n");
        }
        if (good && !verbose) {
            Answer.text(exchange, 200, "ok");
        } else {
            Answer.text(exchange, good ? 200 : 500, lines + page + " check " + (good ? "passed" : "failed") + "\n");
        }
    }
}
