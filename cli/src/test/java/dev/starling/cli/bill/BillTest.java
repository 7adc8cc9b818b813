package dev.starling.cli.bill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BillTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final Machine MACHINE = Machine.parse("2:8");

    /** A span of a pod with 500m and 1 GiB, by its seconds after noon; open if it ends at -1. */
    static KubeObject span(String pod, double start, double end) {
        return span(pod, 500, 1L << 30, start, end);
    }

    private static KubeObject span(String pod, long cpuMillis, long memoryBytes, double start, double end) {
        var spec = JsonObject.builder().put("namespace", "default").put("pod", pod).put("profile", "fp-default")
                .put("cpuMillis", cpuMillis).put("memoryBytes", memoryBytes).put("start", at(start).toString());
        if (end >= 0) {
            spec.put("end", at(end).toString());
        }
        var status = JsonObject.of("observedAt", at(3600).toString(), "currency", "USD", "vcpuHour", "0.04048",
                "gibHour", "0.004445");
        return KubeObject.named(Kinds.USAGE_SPANS, "default", "uid-" + pod).with(spec.build(), "spec")
                .with(status, "status");
    }

    private static Instant at(double seconds) {
        return NOON.plusNanos(Math.round(seconds * 1e9));
    }

    private static Bill bill(KubeObject... spans) {
        return Bill.of(List.of(spans), Instant.MIN, at(3600));
    }

    @Test
    void pricesAnHourAsThePriceBookSays() {
        var bill = bill(span("a", 0, 3600));
        assertEquals(0, new BigDecimal("1800").compareTo(bill.sum(Usage::vcpuSeconds)));
        assertEquals(0, new BigDecimal("3600").compareTo(bill.sum(Usage::gibSeconds)));
        assertEquals(0, new BigDecimal("0.024685").compareTo(bill.price()));
    }

    @ParameterizedTest
    @CsvSource({"0, 10, -100, 100, 10", "0, 10, 4, 100, 6", "0, 10, -100, 3, 3", "0, 10, 2.5, 7.000001, 4.500001",
        "0, -1, 0, 100, 100", "5, -1, 0, 100, 95", "0.000001, 0.000003, 0, 100, 0.000002"})
    void clipsSpansExactlyToTheWindow(double start, double end, double since, double until, BigDecimal seconds) {
        var bill = Bill.of(List.of(span("a", start, end)), at(since), at(until));
        assertEquals(0, seconds.compareTo(bill.sum(Usage::seconds)));
    }

    @ParameterizedTest
    @CsvSource({"0, 10, 10, 20", "0, 10, 11, 20", "30, 40, 10, 20"})
    void leavesOutWhatLiesOutsideTheWindow(double start, double end, double since, double until) {
        assertEquals(List.of(), Bill.of(List.of(span("a", start, end)), at(since), at(until)).usages());
    }

    @Test
    void windowsThatTouchAddUpToTheWhole() {
        var spans = List.of(span("a", 0.3, 100.7), span("b", 33.333333, -1));
        var parts = BigDecimal.ZERO;
        for (int second = 0; second < 200; second += 7) {
            parts = parts.add(Bill.of(spans, at(second), at(second + 7)).sum(Usage::priceSeconds));
        }
        assertEquals(0, parts.compareTo(Bill.of(spans, Instant.MIN, at(203)).sum(Usage::priceSeconds)));
    }

    @Test
    void anOpenSpanRunsUntilTheServerWasAsked() {
        var usage = bill(span("a", 0, -1)).usages().getFirst();
        assertEquals(Usage.State.RUNNING, usage.state());
        assertEquals(0, new BigDecimal("3600").compareTo(usage.seconds()));
    }

    @ParameterizedTest
    @CsvSource({
        "2:8, 1", "1:8, 2", "0.5:8, 3", "2:1, 3", "2:1.5, 2", "1.5:3, 1"})
    void countsTheMachinesForThePeak(String machine, long machines) {
        // a and b run at once, c joins them for a moment, d begins when a ends.
        var bill = bill(span("a", 0, 100), span("b", 50, 200), span("c", 60, 61), span("d", 100, 300));
        assertEquals(machines, bill.against(Machine.parse(machine)).machines());
    }

    @Test
    void comparesWithMachinesOverTheWholeWindow() {
        var other = bill(span("a", 0, 360)).against(MACHINE);
        assertEquals(0, new BigDecimal("0.11652").compareTo(other.price()));
        assertEquals(0, new BigDecimal("0.0024685").compareTo(other.paid()));
        assertEquals("97.9", other.savedPercent().toPlainString());
    }

    @Test
    void tellsOfPodsThatNoMachineHolds() {
        assertFalse(bill(span("a", 3000, 1L << 30, 0, 10)).against(MACHINE).allFit());
    }

    @Test
    void anEmptyBillComparesToNothing() {
        var other = bill().against(MACHINE);
        assertEquals(0, other.machines());
        assertEquals("0.0", other.savedPercent().toPlainString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "2:", ":8", "0:8", "2:-1", "a:b", "2:8:1"})
    void refusesMachinesWithoutASize(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Machine.parse(text));
        assertEquals("a machine is vCPU:GiB, such as 2:8, not " + text, refusal.getMessage());
    }

    @Test
    void writesATable() {
        var bill = bill(span("web-a", 0, 3600), span("b", 10, -1), span("tiny", 1, 1.0005));
        assertEquals("""
                NAMESPACE   POD     PROFILE      STATE      SECONDS   VCPU-SECONDS   GIB-SECONDS   PRICE (USD)
                default     b       fp-default   running   3590.000       1795.000      3590.000      0.024616
                default     tiny    fp-default   ended        0.000          0.000         0.000      0.000000
                default     web-a   fp-default   ended     3600.000       1800.000      3600.000      0.024685
                TOTAL                                      7190.000       3595.000      7190.000      0.049301

                From 2026-01-31T12:00:00Z to 2026-01-31T13:00:00Z, 3600.000 s. At the peak 1 vCPU and 2.000 GiB were \
                in use.
                Machines for that peak, 1 of 2 vCPU and 8 GiB, would have cost 0.116520 USD: 57.7 % saved.
                """, new BillWriter(bill, MACHINE, false).table());
    }

    @Test
    void writesReceiptsFromSpansBeforeThoseOfPods() {
        var own = span("a", 0, 1).with(JsonObject.of("queue", 1.25, "total", 20.0), "spec", "receipt");
        var receipts = Map.of("uid-a", JsonObject.of("total", 99L),
                "uid-b", JsonObject.of("admission", 2.04, "sandbox", 3L, "sandboxFrom", "warm", "total", 7L));
        var bill = bill(own, span("b", 0, 1), span("c", 0, 1)).withReceipts(receipts);
        String table = new BillWriter(bill, MACHINE, true).table();
        assertEquals("""
                POD   MILLISECONDS:   ADMISSION   QUEUE   POOL   SANDBOX   TOTAL
                a                             -     1.2   -            -    20.0
                b                           2.0       -   warm       3.0     7.0
                c                             -       -   -            -       -
                """, table.substring(table.indexOf("POD   MILLI")));
    }

    @Test
    void writesCsvWithQuotesWhereTheyAreNeeded() {
        var odd = span("a", 0, 1.5).with("say \"hi\", twice", "spec", "profile");
        assertEquals("namespace,pod,uid,profile,state,start,end,cpuMillis,memoryBytes,seconds,vcpuSeconds,gibSeconds,"
                + "cost,currency\r\ndefault,a,uid-a,\"say \"\"hi\"\", twice\",ended,2026-01-31T12:00:00.000000Z,"
                + "2026-01-31T12:00:01.500000Z,500,1073741824,1.5,0.75,1.5,0.000010285417,USD\r\n",
                new BillWriter(bill(odd), MACHINE, false).csv());
    }

    @Test
    void writesStableJson() {
        assertEquals("""
                {
                    "currency": "USD",
                    "since": "2026-01-31T12:59:50.000000Z",
                    "until": "2026-01-31T13:00:00.000000Z",
                    "seconds": "10",
                    "pods": [
                        {
                            "namespace": "default",
                            "pod": "a",
                            "uid": "uid-a",
                            "profile": "fp-default",
                            "state": "running",
                            "start": "2026-01-31T12:59:50.000000Z",
                            "end": "2026-01-31T13:00:00.000000Z",
                            "cpuMillis": 500,
                            "memoryBytes": 1073741824,
                            "seconds": "10",
                            "vcpuSeconds": "5",
                            "gibSeconds": "10",
                            "cost": "0.000068569444"
                        }
                    ],
                    "total": {
                        "seconds": "10",
                        "vcpuSeconds": "5",
                        "gibSeconds": "10",
                        "cost": "0.000068569444"
                    },
                    "machines": {
                        "vcpus": "2",
                        "gibs": "8",
                        "count": 1,
                        "peakVcpus": "0.5",
                        "peakGibs": "1",
                        "allPodsFit": true,
                        "cost": "0.000323666667",
                        "savedPercent": "78.8"
                    }
                }
                """, new BillWriter(bill(span("a", 3590, -1)), MACHINE, false).json());
    }
}
