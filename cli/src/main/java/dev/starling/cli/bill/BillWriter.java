package dev.starling.cli.bill;

import dev.starling.cli.output.Csv;
import dev.starling.cli.output.TextTable;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonDouble;
import dev.starling.kube.json.JsonLong;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.Times;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Writes a bill for people, for spreadsheets and for programs. Rounds for the first time, to the last digit shown. */
public final class BillWriter {
    private static final int MONEY_DIGITS = 6;
    private static final int TIME_DIGITS = 3;
    private static final int PROGRAM_DIGITS = 12;

    private final Bill bill;
    private final Machine machine;
    private final boolean receipts;

    /**
     * @param machine what the bill is compared with
     * @param receipts whether to write each pod's cold-start receipt too
     */
    public BillWriter(Bill bill, Machine machine, boolean receipts) {
        this.bill = bill;
        this.machine = machine;
        this.receipts = receipts;
    }

    public String table() {
        if (bill.usages().isEmpty()) {
            return "No pod has used anything in this time.\n";
        }
        var table = new TextTable(List.of("NAMESPACE", "POD", "PROFILE", "STATE", "SECONDS", "VCPU-SECONDS",
                "GIB-SECONDS", "PRICE (" + bill.currency() + ")"), Set.of(4, 5, 6, 7));
        for (var usage : bill.usages()) {
            table.row(List.of(usage.pod().namespace(), usage.pod().name(), dash(usage.pod().profile()), state(usage),
                    fixed(usage.seconds(), TIME_DIGITS), fixed(usage.vcpuSeconds(), TIME_DIGITS),
                    fixed(usage.gibSeconds(), TIME_DIGITS),
                    fixed(Bill.price(usage.priceSeconds()), MONEY_DIGITS)));
        }
        table.row(List.of("TOTAL", "", "", "", fixed(bill.sum(Usage::seconds), TIME_DIGITS),
                fixed(bill.sum(Usage::vcpuSeconds), TIME_DIGITS), fixed(bill.sum(Usage::gibSeconds), TIME_DIGITS),
                fixed(bill.price(), MONEY_DIGITS)));
        return table + "\n" + comparison() + (receipts ? "\n" + receiptTable() : "");
    }

    private String comparison() {
        var other = bill.against(machine);
        var text = new StringBuilder("From " + Times.seconds(bill.since()) + " to " + Times.seconds(bill.until()) + ", "
                + fixed(bill.windowSeconds(), TIME_DIGITS) + " s. At the peak " + plain(other.vcpus()) + " vCPU and "
                + fixed(other.gibs(), TIME_DIGITS) + " GiB were in use.\n");
        text.append("Machines for that peak, ").append(other.machines()).append(" of ").append(machine)
                .append(", would have cost ").append(fixed(other.price(), MONEY_DIGITS)).append(' ')
                .append(bill.currency()).append(": ");
        int sign = other.savedPercent().signum();
        text.append(sign < 0 ? other.savedPercent().negate() + " % less than this bill.\n"
                : other.savedPercent() + " % saved.\n");
        if (!other.allFit()) {
            text.append("Some pod asks for more than one such machine has: compare with a larger --machine.\n");
        }
        return text.toString();
    }

    private String receiptTable() {
        var stages = Receipts.stages(bill.usages());
        if (stages.isEmpty()) {
            return "No pod has a receipt of its start.\n";
        }
        var headings = new ArrayList<>(List.of("POD", "MILLISECONDS:"));
        stages.forEach(stage -> headings.add(stage.equals("sandboxFrom") ? "POOL" : stage.toUpperCase(Locale.ROOT)));
        var numbers = new TreeSet<Integer>();
        for (int i = 0; i < stages.size(); i++) {
            if (!stages.get(i).equals("sandboxFrom")) {
                numbers.add(i + 2);
            }
        }
        var table = new TextTable(headings, numbers);
        for (var usage : bill.usages()) {
            var cells = new ArrayList<>(List.of(usage.pod().name(), ""));
            stages.forEach(stage -> cells.add(millis(usage.receipt().at(stage), 1)));
            table.row(cells);
        }
        return table.toString();
    }

    public String csv() {
        var stages = receipts ? Receipts.stages(bill.usages()) : List.<String>of();
        var headings = new ArrayList<>(List.of("namespace", "pod", "uid", "profile", "state", "start", "end",
                "cpuMillis", "memoryBytes", "seconds", "vcpuSeconds", "gibSeconds", "cost", "currency"));
        stages.forEach(stage -> headings.add(stage.equals("sandboxFrom") ? stage : stage + "Ms"));
        var csv = new Csv().row(headings);
        for (var usage : bill.usages()) {
            var pod = usage.pod();
            var fields = new ArrayList<String>();
            Collections.addAll(fields, pod.namespace(), pod.name(), pod.uid(), pod.profile(), state(usage),
                    Times.micros(usage.from()), Times.micros(usage.to()), Long.toString(usage.cpuMillis()),
                    Long.toString(usage.memoryBytes()), plain(usage.seconds()), plain(usage.vcpuSeconds()),
                    plain(usage.gibSeconds()), exact(Bill.price(usage.priceSeconds())), bill.currency());
            stages.forEach(stage -> fields.add(millis(usage.receipt().at(stage), TIME_DIGITS)));
            csv.row(fields);
        }
        return csv.toString();
    }

    /** Amounts and money are strings, so that no reader rounds them. */
    public String json() {
        var other = bill.against(machine);
        var total = JsonObject.of("seconds", plain(bill.sum(Usage::seconds)),
                "vcpuSeconds", plain(bill.sum(Usage::vcpuSeconds)), "gibSeconds", plain(bill.sum(Usage::gibSeconds)),
                "cost", exact(bill.price()));
        var machines = JsonObject.of("vcpus", plain(machine.vcpus()), "gibs", plain(machine.gibs()),
                "count", other.machines(), "peakVcpus", plain(other.vcpus()), "peakGibs", plain(other.gibs()),
                "allPodsFit", other.allFit(), "cost", exact(other.price()),
                "savedPercent", other.savedPercent().toPlainString());
        return JsonWriter.pretty(JsonObject.of("currency", bill.currency(), "since", Times.micros(bill.since()),
                "until", Times.micros(bill.until()), "seconds", plain(bill.windowSeconds()),
                "pods", JsonArray.of(bill.usages().stream().map(this::json).toList()), "total", total,
                "machines", machines)) + "\n";
    }

    private JsonObject json(Usage usage) {
        var pod = usage.pod();
        var json = JsonObject.builder().putAll(JsonObject.of("namespace", pod.namespace(), "pod", pod.name(),
                "uid", pod.uid(), "profile", pod.profile(), "state", state(usage), "start", Times.micros(usage.from()),
                "end", Times.micros(usage.to()), "cpuMillis", usage.cpuMillis(), "memoryBytes", usage.memoryBytes(),
                "seconds", plain(usage.seconds()), "vcpuSeconds", plain(usage.vcpuSeconds()),
                "gibSeconds", plain(usage.gibSeconds()), "cost", exact(Bill.price(usage.priceSeconds()))));
        return receipts ? json.put("receipt", usage.receipt()).build() : json.build();
    }

    private static String state(Usage usage) {
        return usage.state().name().toLowerCase(Locale.ROOT);
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String millis(Json value, int digits) {
        return switch (value) {
            case JsonDouble(var number) -> fixed(BigDecimal.valueOf(number), digits);
            case JsonLong(var number) -> fixed(BigDecimal.valueOf(number), digits);
            default -> dash(value.text());
        };
    }

    private static String fixed(BigDecimal amount, int digits) {
        return amount.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String exact(BigDecimal money) {
        return fixed(money, PROGRAM_DIGITS);
    }

    private static String plain(BigDecimal amount) {
        return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
    }
}
