package dev.starling.kube.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnreadObjectTest {
    private static final List<String> TEXTS = List.of("", "plain", "a \"quote\" and a \\ and a {[", "é€😀",
            "\u0001\n\t}", "f:metadata", "k:{\"name\":\"main\"}", "x".repeat(100), "1", "true");

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"a\":1}", "{\"a\":-1,\"b\":0.5,\"c\":1.0E10,\"d\":9223372036854775807}",
        "{\"a\":92233720368547758070,\"b\":-0}", "{\"a\":[],\"b\":[[1,[2]],{\"c\":[{}]}],\"d\":{}}",
        "{\"a\":true,\"b\":false,\"c\":null}", "{\"k:{\\\"name\\\":\\\"a\\\"}\":{\".\":{},\"f:image\":{}}}",
        "{\"a\":\"\\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t\\uD83D\\uDE00\",\"é\":\"é😀\"}", "{\"a\":\"\\ud83d \\ude00\"}",
        "{ \"a\" : [ 1 , 2 ] ,\n\t\"b\" : { \"c\" : \"}\" } }", "{\"a\":1,\"b\":2,\"a\":3}"})
    void isWhatTheWholeTextSays(String text) {
        assertEquals(JsonReader.read(text), unread(text));
        assertEquals(unread(text), JsonReader.read(text));
        assertEquals(JsonReader.read(text).hashCode(), unread(text).hashCode());
    }

    @Test
    void isWhatWasWrittenWhateverThatIs() {
        var random = new Random(7);
        for (int i = 0; i < 500; i++) {
            var written = object(random, 0);
            var again = JsonReader.unread(JsonWriter.bytes(written));
            assertEquals(written, again);
            assertEquals(written.names(), again.names());
            assertArrayEquals(JsonWriter.bytes(written), JsonWriter.bytes(again));
        }
    }

    private static JsonObject object(Random random, int depth) {
        var builder = JsonObject.builder();
        for (int i = random.nextInt(depth == 0 ? 40 : 5); i > 0; i--) {
            builder.put(TEXTS.get(random.nextInt(TEXTS.size())) + random.nextInt(30), value(random, depth));
        }
        return builder.build();
    }

    private static Json value(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 5 : 7)) {
            case 0 -> new JsonString(TEXTS.get(random.nextInt(TEXTS.size())));
            case 1 -> new JsonLong(random.nextLong());
            case 2 -> new JsonDouble(random.nextDouble() * 1e20);
            case 3 -> JsonBoolean.of(random.nextBoolean());
            case 4 -> JsonNull.NULL;
            case 5 -> object(random, depth + 1);
            default -> JsonArray.of(List.of(value(random, depth + 1), value(random, depth + 1)));
        };
    }

    @Test
    void isWrittenAsItStandsAndReadNoFurther() {
        var object = unread("{\"a\":{\"b\":[1 ,2]},\"c\":3}");
        assertEquals("{\"a\":{\"b\":[1 ,2]},\"c\":4}", object.with("c", new JsonLong(4)).toString());
    }

    @Test
    void changesCopiesAndNeverTheOriginal() {
        String text = "{\"a\":{\"b\":1,\"c\":2},\"d\":3}";
        var before = unread(text);
        assertEquals(JsonReader.read("{\"a\":{\"b\":4,\"c\":2},\"d\":3}"), before.withAt(new JsonLong(4), "a", "b"));
        assertEquals(JsonReader.read("{\"a\":{\"c\":2},\"d\":3,\"e\":5}"),
                before.withoutAt("a", "b").with("e", new JsonLong(5)));
        assertEquals(JsonReader.read("{\"a\":true,\"d\":true}"), before.mapped((name, value) -> JsonBoolean.TRUE));
        assertEquals(JsonReader.read(text), before);
        assertSame(before, before.with("d", before.at("d")));
        assertSame(before, before.without("x"));
        assertSame(before, before.mapped((name, value) -> value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":\"", "{\"a\":{\"b\":1}",
        "{\"a\" 1}", "{\"a\":nul}", "{\"a\":}", "{\"a\":1]", "{\"a\":\"\\x\"}", "{\"a\":\"\\u00g0\"}", "{a:1}"})
    void tellsWhoLooksInsideWhatIsNoObject(String text) {
        var object = unread(text);
        assertThrows(JsonException.class, object::size);
    }

    private static JsonObject unread(String text) {
        return JsonReader.unread(text.getBytes(UTF_8));
    }
}
