package dev.starling.billing;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.Quantity;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a vCPU and a GiB cost, from a file that the operator owns. Money is exact decimal arithmetic; nothing is
 * rounded before it is shown.
 *
 * @param unrequestedCpuMillis what a pod that requests no CPU pays for
 * @param unrequestedMemoryBytes what a pod that requests no memory pays for
 */
public record PriceBook(String currency, BigDecimal perVcpuHour, BigDecimal perGibHour,
        long unrequestedCpuMillis, long unrequestedMemoryBytes) {
    private static final BigDecimal NANOS_PER_HOUR = BigDecimal.valueOf(Duration.ofHours(1).toNanos());
    private static final BigDecimal BYTES_PER_GIB = BigDecimal.valueOf(1L << 30);
    private static final Set<String> KEYS = Set.of("currency", "vcpuHour", "gibHour", "unrequested");
    private static final String DEFAULT_FILE = """
            # What usage costs. Changes apply to every bill that is computed from now on.
            currency: USD
            # The price of one vCPU, and of one GiB of memory, for one hour.
            vcpuHour: "0.04048"
            gibHour: "0.004445"
            # What a pod pays for that requests nothing of a resource.
            unrequested: {cpu: 250m, memory: 512Mi}
            """;

    public PriceBook {
        if (perVcpuHour.signum() < 0 || perGibHour.signum() < 0) {
            throw new IllegalArgumentException("prices: a price is below zero");
        }
    }

    /**
     * Reads the file; where there is none, the default one is written first.
     *
     * @throws IllegalArgumentException in one line, if the file is not a price book
     */
    public static PriceBook load(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.writeString(file, DEFAULT_FILE);
            }
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException | Yaml.YamlException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage());
        }
    }

    static PriceBook parse(String text) {
        var book = Yaml.documents(text).stream().findFirst().map(Json::object).orElse(JsonObject.EMPTY);
        for (String key : book.names()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("unknown key " + key + "; known are "
                        + List.of("currency", "vcpuHour", "gibHour", "unrequested"));
            }
        }
        var unrequested = book.object("unrequested");
        return new PriceBook(book.text("currency"), money(book, "vcpuHour"), money(book, "gibHour"),
                quantity(unrequested, "cpu").millis(), quantity(unrequested, "memory").units());
    }

    private static BigDecimal money(JsonObject book, String key) {
        try {
            return new BigDecimal(plain(book.at(key)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " must be a decimal number");
        }
    }

    private static Quantity quantity(JsonObject amounts, String key) {
        return amounts.has(key) ? Quantity.parse(plain(amounts.at(key))) : Quantity.ZERO;
    }

    private static String plain(Json value) {
        return value.text().isEmpty() ? value.toString() : value.text();
    }

    /** vCPU-seconds of an amount over a time. */
    public static BigDecimal vcpuSeconds(long cpuMillis, Duration time) {
        return BigDecimal.valueOf(cpuMillis, 3).multiply(BigDecimal.valueOf(time.toNanos(), 9));
    }

    /** GiB-seconds of an amount over a time. */
    public static BigDecimal gibSeconds(long memoryBytes, Duration time) {
        return BigDecimal.valueOf(memoryBytes).divide(BYTES_PER_GIB, MathContext.DECIMAL128)
                .multiply(BigDecimal.valueOf(time.toNanos(), 9));
    }

    /** What amounts of resources cost over a time. */
    public BigDecimal price(long cpuMillis, long memoryBytes, Duration time) {
        var cpu = BigDecimal.valueOf(cpuMillis, 3).multiply(perVcpuHour);
        var memory = BigDecimal.valueOf(memoryBytes).divide(BYTES_PER_GIB, MathContext.DECIMAL128).multiply(perGibHour);
        var nanos = BigDecimal.valueOf(time.toNanos());
        return cpu.add(memory).multiply(nanos).divide(NANOS_PER_HOUR, MathContext.DECIMAL128);
    }
}
