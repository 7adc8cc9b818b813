package dev.starling.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PriceBookTest {
    private static final String BOOK = "{currency: EUR, vcpuHour: 0.36, gibHour: 0.036, unrequested: {cpu: 1}}";

    @Test
    void pricesTheExactTime() {
        var book = PriceBook.parse(BOOK);
        assertEquals(0, new BigDecimal("0.0001").compareTo(book.price(1000, 0, Duration.ofSeconds(1))));
        assertEquals(0, new BigDecimal("0.0000005").compareTo(book.price(500, 0, Duration.ofMillis(10))));
        assertEquals(0, new BigDecimal("0.00003").compareTo(book.price(0, 3L << 30, Duration.ofSeconds(1))));
    }

    @Test
    void addsUpTheSameHoweverTheTimeIsCut() {
        var book = PriceBook.parse(BOOK);
        var whole = book.price(250, 1L << 29, Duration.ofSeconds(3600));
        var parts = BigDecimal.ZERO;
        for (int i = 0; i < 3600; i++) {
            parts = parts.add(book.price(250, 1L << 29, Duration.ofSeconds(1)));
        }
        assertTrue(whole.subtract(parts).abs().compareTo(new BigDecimal("1e-25")) < 0, whole + " against " + parts);
    }

    @Test
    void writesADefaultThatItCanRead(@TempDir Path folder) throws IOException {
        var file = folder.resolve("prices.yaml");
        var made = PriceBook.load(file);
        assertEquals(made, PriceBook.load(file));
        assertEquals(250, made.unrequestedCpuMillis());
        assertTrue(Files.readString(file).contains("vcpuHour"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "currency: USD", "{vcpuHour: x, gibHour: 1}", "{vcpuHour: -1, gibHour: 1}",
        "{vcpuHour: 1, gibHour: 1, gpuHour: 3}", "[1]"})
    void refusesWhatIsNoPriceBook(String text) {
        assertThrows(IllegalArgumentException.class, () -> PriceBook.parse(text));
    }
}
