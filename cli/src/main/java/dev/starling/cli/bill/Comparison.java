package dev.starling.cli.bill;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What the same time would have cost on machines sized for the peak.
 *
 * @param vcpus the most vCPU that were in use at one time
 * @param gibs the most GiB that were in use at one time
 * @param price of all the machines over the whole window
 * @param paid the price of the bill
 * @param allFit false if some pod asks for more than one such machine has
 */
public record Comparison(Machine machine, long machines, BigDecimal vcpus, BigDecimal gibs, BigDecimal price,
        BigDecimal paid, boolean allFit) {

    /** How much less the bill is, in percent of the machines' price; below zero if it is more. */
    public BigDecimal savedPercent() {
        if (price.signum() == 0) {
            return BigDecimal.ZERO.setScale(1);
        }
        return price.subtract(paid).multiply(BigDecimal.valueOf(100)).divide(price, 1, RoundingMode.HALF_EVEN);
    }
}
