package dev.starling.kube.object;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * An amount of a resource, as {@code 100m}, {@code 1.5Gi} or {@code 2e3} spell it (source: apimachinery's
 * {@code resource.Quantity}). The value is exact to nano units; equality and order are by value.
 */
public record Quantity(BigDecimal value, Suffix suffix) implements Comparable<Quantity> {
    public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Suffix.DECIMAL_SI);

    /** The family of suffixes in which a quantity is written. */
    public enum Suffix { DECIMAL_SI, BINARY_SI, DECIMAL_EXPONENT }

    private static final String DECIMAL = "numkMGTPE";
    private static final String BINARY = "KMGTPE";
    private static final int NANO_SCALE = 9;
    /** More is cut to this, as upstream does; so no exponent makes a number of many digits. */
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final int MOST_DIGITS = 20;
    private static final int LEAST_DIGITS = 100;

    public Quantity {
        value = value.setScale(Math.min(Math.max(value.scale(), 0), NANO_SCALE), RoundingMode.CEILING);
    }

    public static Quantity of(long value) {
        return new Quantity(BigDecimal.valueOf(value), Suffix.DECIMAL_SI);
    }

    public static Quantity ofMillis(long millis) {
        return new Quantity(BigDecimal.valueOf(millis, 3), Suffix.DECIMAL_SI);
    }

    public static Quantity ofBytes(long bytes) {
        return new Quantity(BigDecimal.valueOf(bytes), Suffix.BINARY_SI);
    }

    /** @throws IllegalArgumentException with Kubernetes' wording if the text is no quantity */
    public static Quantity parse(String text) {
        return tryParse(text).orElseThrow(() -> new IllegalArgumentException(
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"));
    }

    /** Nothing if the text is no quantity. */
    public static Optional<Quantity> tryParse(String text) {
        int end = 0;
        while (end < text.length() && (Character.digit(text.charAt(end), 10) >= 0 && text.charAt(end) < 128
                || text.charAt(end) == '.' || end == 0 && (text.charAt(0) == '+' || text.charAt(0) == '-'))) {
            end++;
        }
        String digits = text.substring(0, end);
        String suffix = text.substring(end);
        if (digits.length() > 100 || suffix.length() > 6 || digits.chars().noneMatch(Character::isDigit)) {
            return Optional.empty();
        }
        try {
            return scaled(new BigDecimal(digits), suffix);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Quantity> scaled(BigDecimal number, String suffix) {
        if (suffix.isEmpty()) {
            return Optional.of(bounded(number, Suffix.DECIMAL_SI));
        }
        if (suffix.length() == 2 && suffix.charAt(1) == 'i' && BINARY.indexOf(suffix.charAt(0)) >= 0) {
            var factor = BigInteger.ONE.shiftLeft(10 * (BINARY.indexOf(suffix.charAt(0)) + 1));
            return Optional.of(bounded(number.multiply(new BigDecimal(factor)), Suffix.BINARY_SI));
        }
        if (suffix.length() == 1 && DECIMAL.contains(suffix)) {
            return Optional.of(bounded(number.scaleByPowerOfTen(power(suffix.charAt(0))), Suffix.DECIMAL_SI));
        }
        if (suffix.length() > 1 && (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E')) {
            int exponent = Integer.parseInt(suffix.substring(1));
            return Optional.of(bounded(number.scaleByPowerOfTen(exponent), Suffix.DECIMAL_EXPONENT));
        }
        return Optional.empty();
    }

    private static Quantity bounded(BigDecimal number, Suffix suffix) {
        int digits = number.precision() - number.scale();
        if (number.signum() != 0 && digits < -LEAST_DIGITS) {
            return new Quantity(BigDecimal.valueOf(Math.max(number.signum(), 0), NANO_SCALE), suffix);
        }
        if (number.signum() == 0 || digits > MOST_DIGITS || number.abs().compareTo(MOST) > 0) {
            return new Quantity(MOST.multiply(BigDecimal.valueOf(number.signum())), suffix);
        }
        return new Quantity(number, suffix);
    }

    private static int power(char suffix) {
        int at = DECIMAL.indexOf(suffix);
        return at < 3 ? 3 * (at - 3) : 3 * (at - 2);
    }

    /** The value in thousandths, rounded up, as CPU is counted. */
    public long millis() {
        return clamped(value.movePointRight(3));
    }

    /** The value in whole units, rounded up, as bytes are counted. */
    public long units() {
        return clamped(value);
    }

    private static long clamped(BigDecimal number) {
        var whole = number.setScale(0, RoundingMode.CEILING);
        var most = BigDecimal.valueOf(Long.MAX_VALUE);
        return whole.abs().compareTo(most) > 0 ? Long.MAX_VALUE * whole.signum() : whole.longValueExact();
    }

    public Quantity plus(Quantity other) {
        return new Quantity(value.add(other.value), value.signum() == 0 ? other.suffix : suffix);
    }

    public Quantity minus(Quantity other) {
        return new Quantity(value.subtract(other.value), suffix);
    }

    @Override
    public int compareTo(Quantity other) {
        return value.compareTo(other.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantity that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
        return value.stripTrailingZeros().hashCode();
    }

    /** The canonical form: no fraction, the largest suffix that keeps it exact. */
    @Override
    public String toString() {
        if (value.signum() == 0) {
            return "0";
        }
        return switch (suffix) {
            case BINARY_SI -> value.abs().compareTo(BigDecimal.valueOf(1024)) < 0
                    || value.stripTrailingZeros().scale() > 0 ? decimal() : binary();
            case DECIMAL_SI -> decimal();
            case DECIMAL_EXPONENT -> exponent();
        };
    }

    private String binary() {
        var whole = value.toBigIntegerExact();
        int power = Math.min(whole.getLowestSetBit() / 10, BINARY.length());
        return whole.shiftRight(10 * power) + (power == 0 ? "" : BINARY.charAt(power - 1) + "i");
    }

    private int thousands() {
        int zeros = -value.stripTrailingZeros().scale();
        return Math.max(-3, Math.min(6, Math.floorDiv(zeros, 3)));
    }

    private String decimal() {
        int thousands = thousands();
        String number = value.scaleByPowerOfTen(-3 * thousands).toBigIntegerExact().toString();
        return thousands == 0 ? number : number + DECIMAL.charAt(thousands < 0 ? thousands + 3 : thousands + 2);
    }

    private String exponent() {
        int thousands = thousands();
        String number = value.scaleByPowerOfTen(-3 * thousands).toBigIntegerExact().toString();
        return thousands == 0 ? number : number + "e" + 3 * thousands;
    }
}
