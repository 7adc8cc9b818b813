package dev.starling.cli.bill;

import java.math.BigDecimal;

/** The size of a machine, for comparison: {@code 2:8} is 2 vCPU and 8 GiB. */
public record Machine(BigDecimal vcpus, BigDecimal gibs) {

    /** @throws IllegalArgumentException in one line, if the text is not two positive numbers */
    public static Machine parse(String text) {
        int colon = text.indexOf(':');
        try {
            var machine = new Machine(new BigDecimal(text.substring(0, Math.max(colon, 0))),
                    new BigDecimal(text.substring(colon + 1)));
            if (machine.vcpus.signum() > 0 && machine.gibs.signum() > 0) {
                return machine;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(refusal(text), e);
        }
        throw new IllegalArgumentException(refusal(text));
    }

    private static String refusal(String text) {
        return "a machine is vCPU:GiB, such as 2:8, not " + text;
    }

    boolean holds(Usage usage) {
        return usage.vcpus().compareTo(vcpus) <= 0 && usage.gibs().compareTo(gibs) <= 0;
    }

    @Override
    public String toString() {
        return vcpus.toPlainString() + " vCPU and " + gibs.toPlainString() + " GiB";
    }
}
