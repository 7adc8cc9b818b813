package dev.starling.kube.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "true", "-1", "9223372036854775807", "0.5", "\"a\\u0000\\\"b\"",
        "{\"b\":[1,{\"c\":null}],\"a\":\"é😀\"}"})
    void writesWhatItRead(String text) {
        assertEquals(JsonReader.read(text), JsonReader.read(JsonWriter.text(JsonReader.read(text))));
    }

    @Test
    void escapesWhatMustBeAndEncodesTheRest() {
        assertEquals("\"a\\\"b\\\\\\n\\t\\r\\b\\f\\u0001\u007f/\u00e9\u20ac\uD83D\uDE00\"",
                JsonWriter.text(new JsonString("a\"b\\\n\t\r\b\f\u0001\u007f/\u00e9\u20ac\uD83D\uDE00")));
        assertEquals("{\"" + "x".repeat(5_000) + "\":[-7,1.0E10,true,false,null,{},[]]}", JsonWriter.text(JsonReader
                .read("{\"" + "x".repeat(5_000) + "\":[-7,1e10,true,false,null,{},[]]}")));
    }

    @Test
    void writesHalfACharacterAsTheReplacement() {
        assertEquals("\"a\uFFFDb\uFFFD\"", JsonWriter.text(new JsonString("a\uD83Db\uDE00")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\":}", "[1,]", "{} {}", "nul", "\"\\x\"", "01", "1e999", "{'a':1}"})
    void refusesWhatIsNotOneValue(String text) {
        assertThrows(JsonException.class, () -> JsonReader.read(text));
    }

    @Test
    void refusesNestingBeyondTheBound() {
        assertThrows(JsonException.class, () -> JsonReader.read("[".repeat(100_000)));
    }

    @Test
    void splitsNumbersAsGoDoes() {
        assertEquals(new JsonLong(Long.MAX_VALUE), JsonReader.read("9223372036854775807"));
        assertEquals(new JsonDouble(9.223372036854775807E18), JsonReader.read("9223372036854775808"));
        assertEquals(new JsonDouble(1.0), JsonReader.read("1.0"));
    }

    @Test
    void tellsWhichFieldsStoodTwice() {
        var read = JsonReader.readAll("{\"a\":1,\"b\":[{\"c\":1,\"c\":2}],\"a\":3}".getBytes());
        assertEquals(List.of("b[0].c", "a"), read.duplicateFields());
        assertEquals(JsonReader.read("{\"a\":3,\"b\":[{\"c\":2}]}"), read.value());
    }

    @Test
    void findsFieldsInObjectsOfAnySize() {
        var builder = JsonObject.builder();
        for (int i = 0; i < 100; i++) {
            builder.put("k" + i, i);
        }
        var object = builder.put("k7", "again").build();
        assertEquals(100, object.size());
        assertEquals("again", object.text("k7"));
        assertEquals(99, object.at("k99").number(0));
        assertTrue(object.at("k100").isNull());
        assertEquals(object, JsonReader.read(object.toString()));
    }

    @Test
    void changesCopiesAndNeverTheOriginal() {
        var before = JsonObject.of("a", JsonObject.of("b", 1));
        var after = before.withAt(new JsonLong(2), "a", "b").withAt(new JsonLong(3), "x", "y");
        assertEquals(1, before.at("a", "b").number(0));
        assertEquals(JsonReader.read("{\"x\":{\"y\":3},\"a\":{\"b\":2}}"), after);
        assertEquals(JsonObject.of("a", JsonObject.EMPTY), before.withoutAt("a", "b"));
        assertEquals(before, before.withoutAt("z", "b"));
    }

    @Test
    void refusesBytesThatAreNotUtf8ToTheLetter() {
        for (String hex : List.of("22ff22", "22c0ae22", "22eda08022", "feff00220022", "2200220000002200", "22c322")) {
            assertThrows(JsonException.class, () -> JsonReader.read(HexFormat.of().parseHex(hex)), hex);
        }
    }

    @Test
    void readsHalfASurrogatePairAsGoDoes() {
        assertEquals(new JsonString("\ufffd"), JsonReader.read("\"\\ud800\""));
        assertEquals(new JsonString("\ufffdx"), JsonReader.read("\"\\udc00x\""));
        assertEquals(new JsonString("\ud83d\ude00"), JsonReader.read("\"\\ud83d\\ude00\""));
        assertThrows(JsonException.class, () -> JsonReader.read("{\"\\ud800\":1}"));
    }

    @Test
    void tellsOfTheFirstRepeatedFieldsAlone() {
        String deep = "{\"a\":".repeat(400) + "{" + "\"b\":1,".repeat(100_000) + "\"c\":1}" + "}".repeat(400);
        assertEquals(1, JsonReader.readAll(deep.getBytes(UTF_8)).duplicateFields().size());
        var many = new StringBuilder("{\"z\":1");
        for (int i = 0; i < 2_000; i++) {
            many.append(",\"f").append(i).append("\":1,\"f").append(i).append("\":2");
        }
        assertEquals(100, JsonReader.readAll(many.append('}').toString().getBytes(UTF_8)).duplicateFields().size());
    }

    @Test
    void knowsWhatIsTooDeepForARequest() {
        var deep = JsonReader.readAll(("[".repeat(502) + "]".repeat(502)).getBytes(UTF_8));
        assertThrows(JsonException.class, deep::shallow);
        JsonReader.readAll(("[".repeat(400) + "]".repeat(400)).getBytes(UTF_8)).shallow();
    }
}
