package dev.starling.kube.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table follows apimachinery's own tests of {@code resource.Quantity}. */
final class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "0,0", "0n,0", "100m,100m", "1000m,1", "0.1,100m", "1.5,1500m", "1Ki,1Ki", "1024Ki,1Mi",
        "1.5Gi,1536Mi", "500,500", "1000,1k", "1000000,1M", "1e3,1e3", "1E6,1e6", "12345,12345", "0.5Mi,512Ki",
        "100Ki,100Ki", "1Ti,1Ti", "-100m,-100m", "1.2Ki,1228800m", "0.0000000001,1n", "123456n,123456n",
        "5u,5u", "+5,5", ".5,500m", "5.,5"})
    void writesTheCanonicalForm(String text, String canonical) {
        assertEquals(canonical, Quantity.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "1x", "1 Gi", "Gi", "--1", "1.2.3", "1e", "1ee3", "1Kii", "٣", "1e99999999"})
    void refusesWhatIsNoQuantity(String text) {
        assertThrows(IllegalArgumentException.class, () -> Quantity.parse(text));
    }

    @Test
    void countsCpuInMillisAndMemoryInBytes() {
        assertEquals(1500, Quantity.parse("1.5").millis());
        assertEquals(1, Quantity.parse("100n").millis());
        assertEquals(134_217_728, Quantity.parse("128Mi").units());
        assertEquals(Long.MAX_VALUE, Quantity.parse("100E").units());
    }

    @Test
    void comparesByValue() {
        assertEquals(Quantity.parse("1024"), Quantity.parse("1Ki"));
        assertEquals(Quantity.parse("1024").hashCode(), Quantity.parse("1Ki").hashCode());
        assertEquals("1536Mi", Quantity.parse("1Gi").plus(Quantity.parse("512Mi")).toString());
    }

    /** As upstream does, so that an exponent makes no number of a hundred thousand digits. */
    @Test
    void cutsWhatIsOutOfRange() {
        assertEquals("9223372036854775807", Quantity.parse("1e99999").value().toPlainString());
        assertEquals("-9223372036854775807", Quantity.parse("-1e99999").value().toPlainString());
        assertEquals("9223372036854775807", Quantity.parse("9".repeat(99) + "Ei").value().toPlainString());
        assertEquals(Quantity.parse("1n"), Quantity.parse("1e-9999"));
        assertEquals(Quantity.ZERO, Quantity.parse("0e99999"));
        assertEquals(Long.MAX_VALUE, Quantity.parse("1e99999").units());
    }
}
