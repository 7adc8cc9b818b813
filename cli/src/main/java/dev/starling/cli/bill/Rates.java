package dev.starling.cli.bill;

import dev.starling.kube.json.JsonObject;
import java.math.BigDecimal;

/** What one vCPU and one GiB of memory cost for one hour. */
public record Rates(String currency, BigDecimal vcpuHour, BigDecimal gibHour) {

    static Rates of(JsonObject status) {
        return new Rates(status.text("currency"), decimal(status, "vcpuHour"), decimal(status, "gibHour"));
    }

    private static BigDecimal decimal(JsonObject status, String field) {
        String text = status.text(field);
        return new BigDecimal(text.isEmpty() ? "0" : text);
    }

    /** What these amounts cost for one hour. */
    BigDecimal hour(BigDecimal vcpus, BigDecimal gibs) {
        return vcpus.multiply(vcpuHour).add(gibs.multiply(gibHour));
    }
}
