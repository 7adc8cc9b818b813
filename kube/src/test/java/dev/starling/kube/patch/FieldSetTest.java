package dev.starling.kube.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets of fields: their algebra on random trees, their form, and how they follow differences. */
final class FieldSetTest {
    private static final int CASES = 500;

    private static JsonObject json(String text) {
        return JsonReader.readObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static FieldSet set(String text) {
        return FieldSet.parse(json(text));
    }

    private static JsonObject tree(Random random, int depth) {
        var builder = JsonObject.builder();
        for (String name : List.of("a", "b", "c", "d")) {
            switch (random.nextInt(depth > 0 ? 4 : 2)) {
                case 1 -> builder.put(name, random.nextInt(2));
                case 2 -> builder.put(name, List.of(random.nextInt(2)));
                case 3 -> builder.put(name, tree(random, depth - 1));
                default -> {
                }
            }
        }
        return builder.build();
    }

    private static FieldSet random(Random random) {
        return Applied.everything(tree(random, 3), Typing.DEDUCED);
    }

    @Test
    void setsObeyTheLawsOfSets() {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var a = random(random);
            var b = random(random);
            assertEquals(a.union(b), b.union(a), "seed " + seed);
            assertEquals(a.minus(b), a.union(b).minus(b), "seed " + seed);
            assertEquals(a.minus(a.minus(b)), a.intersection(b), "seed " + seed);
            assertEquals(a, a.minus(b).union(a.intersection(b)), "seed " + seed);
            assertSame(a.paths(), a.union(a.intersection(b)).paths(), "seed " + seed);
            assertEquals(FieldSet.NONE, a.minus(a), "seed " + seed);
            assertEquals(a, FieldSet.parse(a.paths()), "seed " + seed);
        }
    }

    @Test
    void differencesLeadFromOneTreeToTheOther() {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var before = tree(random, 3);
            var after = tree(random, 3);
            var there = TreeDiff.between(before, after, Typing.DEDUCED);
            var back = TreeDiff.between(after, before, Typing.DEDUCED);
            assertEquals(there.added(), back.removed(), "seed " + seed);
            assertEquals(there.modified(), back.modified(), "seed " + seed);
            assertTrue(TreeDiff.between(before, before, Typing.DEDUCED).isEmpty(), "seed " + seed);
            var all = Applied.everything(before, Typing.DEDUCED).minus(there.removed()).union(there.added());
            assertEquals(Applied.everything(after, Typing.DEDUCED), all, "seed " + seed);
        }
    }

    @Test
    void whatIsMergedSaysAllThatWasAppliedAndKeepsTheRest() {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var live = tree(random, 3);
            var wanted = tree(random, 3);
            var merged = Applied.merged(live, wanted, Typing.DEDUCED);
            assertEquals(merged, Applied.merged(merged, wanted, Typing.DEDUCED), "seed " + seed);
            var owned = Applied.owned(wanted, Typing.DEDUCED);
            assertEquals(FieldSet.NONE, owned.minus(Applied.owned(merged, Typing.DEDUCED)), "seed " + seed);
            var left = Applied.without(merged, owned, Typing.DEDUCED);
            assertEquals(FieldSet.NONE, Applied.owned(left, Typing.DEDUCED).intersection(owned), "seed " + seed);
        }
    }

    @Test
    void showsPathsAsMessagesDo() {
        var set = set("{'f:spec':{'f:ports':{'k:{\\'protocol\\':\\'TCP\\', \\'port\\':80}':{'.':{},'f:name':{}}},"
                + "'f:names':{'v:\\'x\\'':{},'i:2':{}}},'f:kind':{}}".replace("\\'", "\\\""));
        assertEquals(List.of(".kind", ".spec.names[2]", ".spec.names[=\"x\"]", ".spec.ports[port=80,protocol=\"TCP\"]",
                ".spec.ports[port=80,protocol=\"TCP\"].name"), set.texts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'f:a':1}", "{'x:a':{}}", "{'a':{}}", "{'i:x':{}}", "{'k:[]':{}}", "{'v:{':{}}"})
    void refusesWhatIsNoSet(String text) {
        assertThrows(IllegalArgumentException.class, () -> set(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        // the applier's elements come in its order; the others stay among those of both
        "a b c | b | a b c",
        "a b c | c a | b c a",
        "a b c | x b y | a x b c y",
        "a | x y | a x y",
        "x y | a | x y a",
        "a b c d | d b | a c d b",
    })
    void listsKeepTheOrderOfBoth(String live, String wanted, String merged) {
        var typing = new Typing() {
            @Override
            public boolean opensLists() {
                return true;
            }

            @Override
            public Typing field(String name) {
                return this;
            }
        };
        var result = Applied.merged(JsonObject.of("l", words(live)), JsonObject.of("l", words(wanted)), typing);
        assertEquals(words(merged), result.at("l"));
    }

    private static Json words(String text) {
        return Json.of(List.of(text.split(" ")));
    }
}
