package dev.starling.kube.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 7396, and that a difference leads from one object to the other. */
final class MergePatchTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "{'a':'b'} | {'a':'c'} | {'a':'c'}",
        "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
        "{'a':'b'} | {'a':null} | {}",
        "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
        "{'a':['b']} | {'a':'c'} | {'a':'c'}",
        "{'a':'c'} | {'a':['b']} | {'a':['b']}",
        "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
        "['a','b'] | ['c','d'] | ['c','d']",
        "{'a':'b'} | ['c'] | ['c']",
        "{'a':'foo'} | null | null",
        "{'e':null} | {'a':1} | {'e':null,'a':1}",
        "[1,2] | {'a':'b','c':null} | {'a':'b'}",
        "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
    })
    void appliesAsTheStandardShows(String target, String patch, String result) {
        assertEquals(json(result), MergePatch.apply(json(target), json(patch)));
    }

    private static Json json(String text) {
        return JsonReader.read(text.replace('\'', '"'));
    }

    @Property(tries = 500)
    void theDifferenceLeadsFromOneToTheOther(@ForAll("objects") JsonObject from, @ForAll("objects") JsonObject to) {
        assertEquals(to, MergePatch.apply(from, MergePatch.diff(from, to)));
    }

    @Property(tries = 200)
    void equalObjectsDifferByNothing(@ForAll("objects") JsonObject object) {
        assertEquals(JsonObject.EMPTY, MergePatch.diff(object, object));
    }

    @Provide
    Arbitrary<JsonObject> objects() {
        return objects(3);
    }

    private static Arbitrary<JsonObject> objects(int depth) {
        Arbitrary<Json> scalars = Arbitraries.of(Json.of("x"), Json.of("y"), Json.of(1), Json.of(true),
                JsonArray.of(1, 2), JsonArray.EMPTY);
        Arbitrary<Json> values = depth == 0 ? scalars
                : Arbitraries.oneOf(scalars, objects(depth - 1).map(object -> (Json) object));
        return Arbitraries.maps(Arbitraries.of("a", "b", "c"), values).ofMaxSize(3).map(fields -> {
            var builder = JsonObject.builder();
            fields.forEach(builder::put);
            return builder.build();
        });
    }
}
