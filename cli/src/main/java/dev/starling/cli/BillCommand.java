package dev.starling.cli;

import dev.starling.cli.bill.Bill;
import dev.starling.cli.bill.BillWriter;
import dev.starling.cli.bill.Machine;
import dev.starling.cli.bill.Receipts;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.api.ListQuery;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code bill}: what pods used and cost. */
final class BillCommand implements Command {
    private static final String MACHINE = "--machine";

    @Override
    public String name() {
        return "bill";
    }

    @Override
    public CommandSpec spec() {
        return Options.of(name(), "Shows what every pod used and cost, to the second, and what machines sized for the "
                        + "peak would have cost.")
                .text(List.of("-n", "--namespace"), "NS", "Only the pods of this namespace.")
                .text(List.of("--since"), "TIME",
                        "From then on: 2026-01-31T08:00:00Z, 2026-01-31 (UTC), or how long ago: 2h.")
                .output("table", "json", "csv")
                .text(List.of(MACHINE), "VCPU:GIB", "The machine to compare with; 2:8 by default.")
                .flag(List.of("--receipts"), "Shows each pod's cold-start receipt: milliseconds by stage.")
                .example("./starling bill", "./starling bill -n default --since 1d -o csv > bill.csv",
                        "./starling bill --receipts --machine 4:16").spec();
    }

    @Override
    public void run(ParseResult line, Session session) {
        String form = Options.output(line);
        var machine = machine(line.matchedOptionValue(MACHINE, "2:8"));
        boolean receipts = Options.flag(line, "--receipts");
        String namespace = Options.text(line, "--namespace");
        String since = Options.text(line, "--since");
        if (Options.flag(line, "--since")) {
            Since.parse(since, Instant.EPOCH);
        }
        try (var server = Options.server(line, session)) {
            var spans = server.api().list(ListQuery.in(Kinds.USAGE_SPANS, namespace)).items();
            var now = spans.stream().flatMap(span -> span.time("status", "observedAt").stream())
                    .max(Comparator.naturalOrder()).orElse(Instant.EPOCH);
            var bill = Bill.of(spans, since.isEmpty() ? Instant.MIN : Since.parse(since, now), now);
            if (receipts) {
                bill = bill.withReceipts(Receipts.of(pods(server.api(), namespace)));
            }
            var writer = new BillWriter(bill, machine, receipts);
            session.out().print(switch (form) {
                case "json" -> writer.json();
                case "csv" -> writer.csv();
                default -> writer.table();
            });
        }
    }

    private static List<KubeObject> pods(KubeApi api, String namespace) {
        return api.list(ListQuery.in(Kinds.PODS, namespace)).items();
    }

    private static Machine machine(String text) {
        try {
            return Machine.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
