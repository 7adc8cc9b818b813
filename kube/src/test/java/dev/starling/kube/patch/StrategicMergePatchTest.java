package dev.starling.kube.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Strategic merges over a small schema: {@code items} merge by {@code name} and hold {@code ports} that merge by
 * {@code port}; {@code tags} merge as values; {@code args} and all else are replaced; {@code mode} retains keys.
 */
final class StrategicMergePatchTest {

    private record Node(Map<String, MergeKeys> fields, Optional<MergeKeys> elements, Strategy strategy,
            Optional<String> mergeKey) implements MergeKeys {

        @Override
        public MergeKeys field(String name) {
            return fields.getOrDefault(name, NONE);
        }

        @Override
        public MergeKeys element() {
            return elements.orElse(NONE);
        }
    }

    private static MergeKeys list(String key, MergeKeys element) {
        return new Node(Map.of(), Optional.of(element), MergeKeys.Strategy.MERGE,
                Optional.of(key).filter(name -> !name.isEmpty()));
    }

    private static MergeKeys object(Map<String, MergeKeys> fields, MergeKeys.Strategy strategy) {
        return new Node(fields, Optional.empty(), strategy, Optional.empty());
    }

    private static final MergeKeys ITEM =
            object(Map.of("ports", list("port", MergeKeys.NONE)), MergeKeys.Strategy.UNSET);
    private static final MergeKeys ROOT = object(Map.of("items", list("name", ITEM), "tags", list("", MergeKeys.NONE),
            "whole", object(Map.of(), MergeKeys.Strategy.REPLACE)), MergeKeys.Strategy.UNSET);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        // plain fields merge, null removes, unknown lists are replaced
        "{'a':1,'m':{'x':1}} | {'b':2,'m':{'y':2}} | {'a':1,'b':2,'m':{'x':1,'y':2}}",
        "{'a':1,'b':2} | {'a':null,'c':null} | {'b':2}",
        "{'args':[1,2]} | {'args':[3]} | {'args':[3]}",
        "{} | {'m':{'x':null,'y':1}} | {'m':{'y':1}}",
        // lists of objects merge by their key, changed and new ones first in the patch's order
        "{'items':[{'name':'a','v':1}]} | {'items':[{'name':'a','w':2}]} | {'items':[{'name':'a','v':1,'w':2}]}",
        "{'items':[{'name':'a'}]} | {'items':[{'name':'b'}]} | {'items':[{'name':'b'},{'name':'a'}]}",
        "{'items':[{'name':'a'},{'name':'b'}]} | {'items':[{'name':'b','v':1}]} "
                + "| {'items':[{'name':'a'},{'name':'b','v':1}]}",
        "{'items':[{'name':'a','ports':[{'port':1}]}]} | {'items':[{'name':'a','ports':[{'port':1,'p':'x'}]}]} "
                + "| {'items':[{'name':'a','ports':[{'port':1,'p':'x'}]}]}",
        "{} | {'items':[{'name':'a','v':null}]} | {'items':[{'name':'a'}]}",
        // directives in lists
        "{'items':[{'name':'a'},{'name':'b'}]} | {'items':[{'$patch':'delete','name':'a'}]} | {'items':[{'name':'b'}]}",
        "{'items':[{'name':'a'}]} | {'items':[{'$patch':'replace'},{'name':'b'}]} | {'items':[{'name':'b'}]}",
        "{'items':[{'name':'a'}]} | {'items':[{'name':'b'},{'$patch':'replace','name':'c'}]} "
                + "| {'items':[{'name':'b'}]}",
        "{'items':[{'name':'a'}]} | {'items':[{'$patch':'replace'}]} | {'items':[]}",
        "{} | {'items':[{'$patch':'delete','name':'a'}]} | {'items':[]}",
        // directives in objects
        "{'m':{'x':1}} | {'m':{'$patch':'replace','y':1}} | {'m':{'y':1}}",
        "{'m':{'x':1},'a':1} | {'m':{'$patch':'delete'}} | {'m':{},'a':1}",
        "{'m':{'x':1}} | {'m':{'$patch':'merge','y':1}} | {'m':{'x':1,'y':1}}",
        "{'whole':{'x':1}} | {'whole':{'y':1}} | {'whole':{'y':1}}",
        "{'m':{'x':1,'y':2}} | {'m':{'$retainKeys':['y','z'],'z':3}} | {'m':{'y':2,'z':3}}",
        // lists of values
        "{'tags':['a','b']} | {'tags':['b','c']} | {'tags':['a','b','c']}",
        "{'tags':['a','b','c']} | {'$deleteFromPrimitiveList/tags':['b']} | {'tags':['a','c']}",
        "{'tags':['a','b']} | {'$deleteFromPrimitiveList/tags':['a'],'tags':['c'],"
                + "'$setElementOrder/tags':['c','b']} | {'tags':['c','b']}",
        // orders
        "{'items':[{'name':'a'},{'name':'b'}]} | {'$setElementOrder/items':[{'name':'b'},{'name':'a'}]} "
                + "| {'items':[{'name':'b'},{'name':'a'}]}",
        "{'items':[{'name':'a'},{'name':'x'},{'name':'b'}]} | {'items':[{'name':'c'}],"
                + "'$setElementOrder/items':[{'name':'a'},{'name':'c'},{'name':'b'}]} "
                + "| {'items':[{'name':'a'},{'name':'c'},{'name':'x'},{'name':'b'}]}",
    })
    void mergesByStrategy(String original, String patch, String result) {
        assertEquals(json(result), StrategicMergePatch.apply(json(original), json(patch), ROOT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "{'items':[{'name':'a'},{'name':'b'}],'$setElementOrder/items':[{'name':'b'},{'name':'a'}]}",
        "{'items':[{'name':'c'}],'$setElementOrder/items':[{'name':'a'}]}",
        "{'tags':['x'],'$setElementOrder/tags':['y']}",
    })
    void refusesElementsThatTheOrderDoesNotHave(String patch) {
        var original = json("{'items':[{'name':'a'}],'tags':['y']}");
        var refusal = assertThrows(PatchException.class,
                () -> StrategicMergePatch.apply(original, json(patch), ROOT));
        assertTrue(refusal.getMessage().contains("doesn't match $setElementOrder list"), refusal.getMessage());
    }

    @Test
    void keepsTheOrderOfNewElements() {
        var patched = StrategicMergePatch.apply(JsonObject.EMPTY,
                json("{'items':[{'name':'c'},{'name':'a'},{'name':'b'}]}"), ROOT);
        assertEquals(json("{'items':[{'name':'c'},{'name':'a'},{'name':'b'}]}").toString(), patched.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "{'items':[{'v':1}]} | map: {'v':1} does not contain declared merge key: name",
        "{'m':{'$patch':'fly'}} | unknown patch type found: 'fly'",
        "{'m':{'$retainKeys':'x'}} | invalid patch format of retainKeys",
        "{'$setElementOrder/items':'x'} | invalid patch format of $setElementOrder",
    })
    void refusesWhatIsMalformed(String patch, String message) {
        var refusal = assertThrows(PatchException.class,
                () -> StrategicMergePatch.apply(JsonObject.EMPTY, json(patch), ROOT));
        assertEquals(message.replace('\'', '"'), refusal.getMessage());
    }

    private static JsonObject json(String text) {
        return JsonReader.readObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    /** Each element used to be sought among all others: a patch of a megabyte took a minute. */
    @Test
    void mergesLongListsInTime() {
        var elements = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            elements.append(i == 0 ? "" : ",").append("{'name':'c").append(i).append("'}");
        }
        var patch = json("{'$setElementOrder/items':[" + elements + "],'items':[" + elements + "]}");
        var merged = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> StrategicMergePatch.apply(
                StrategicMergePatch.apply(JsonObject.EMPTY, patch, ROOT), patch, ROOT));
        assertEquals(50_000, merged.array("items").size());
    }
}
