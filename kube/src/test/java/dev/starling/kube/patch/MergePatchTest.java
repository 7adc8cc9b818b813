package dev.starling.kube.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 7396, and that a difference leads from one object to the other. */
final class MergePatchTest {
    private static final RandomGeneratorFactory<RandomGenerator> SEEDED = RandomGeneratorFactory.of("L64X128MixRandom");
    private static final List<Json> SCALARS = List.of(Json.of("x"), Json.of("y"), Json.of(1), Json.of(true),
            JsonArray.of(1, 2), JsonArray.EMPTY);
    private static final int DEPTH = 3;

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

    @Test
    void theDifferenceLeadsFromOneToTheOther() {
        for (long seed = 1; seed <= 500; seed++) {
            var random = SEEDED.create(seed);
            var from = object(random, DEPTH);
            var to = object(random, DEPTH);
            assertEquals(to, MergePatch.apply(from, MergePatch.diff(from, to)), "seed " + seed + ": " + from);
        }
    }

    @Test
    void equalObjectsDifferByNothing() {
        for (long seed = 1; seed <= 200; seed++) {
            var object = object(SEEDED.create(seed), DEPTH);
            assertEquals(JsonObject.EMPTY, MergePatch.diff(object, object), "seed " + seed);
        }
    }

    /** Few names and few values, so that two objects often share some of them. */
    private static JsonObject object(RandomGenerator random, int depth) {
        var builder = JsonObject.builder();
        for (var name : List.of("a", "b", "c")) {
            if (random.nextBoolean()) {
                boolean nested = depth > 0 && random.nextBoolean();
                builder.put(name, nested ? object(random, depth - 1) : SCALARS.get(random.nextInt(SCALARS.size())));
            }
        }
        return builder.build();
    }
}
