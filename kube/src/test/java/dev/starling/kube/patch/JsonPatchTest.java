package dev.starling.kube.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations of RFC 6902, and how those that do not apply are worded. */
final class JsonPatchTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "{'a':1} | {'op':'add','path':'/b','value':2} | {'a':1,'b':2}",
        "{'a':1} | {'op':'add','path':'/a','value':2} | {'a':2}",
        "{'a':[1,3]} | {'op':'add','path':'/a/1','value':2} | {'a':[1,2,3]}",
        "{'a':[1]} | {'op':'add','path':'/a/-','value':2} | {'a':[1,2]}",
        "{'a':[1]} | {'op':'add','path':'/a/1','value':2} | {'a':[1,2]}",
        "{'a':1} | {'op':'add','path':'','value':{'b':1}} | {'b':1}",
        "{'a':{'b':1}} | {'op':'remove','path':'/a/b'} | {'a':{}}",
        "{'a':[1,2]} | {'op':'remove','path':'/a/0'} | {'a':[2]}",
        "{'a':[{'b':1}]} | {'op':'replace','path':'/a/0/b','value':2} | {'a':[{'b':2}]}",
        "{'a':1} | {'op':'move','from':'/a','path':'/b'} | {'b':1}",
        "{'a':[1,2,3]} | {'op':'move','from':'/a/0','path':'/a/2'} | {'a':[2,3,1]}",
        "{'a':{'x':1}} | {'op':'copy','from':'/a','path':'/b'} | {'a':{'x':1},'b':{'x':1}}",
        "{'a/b':1} | {'op':'replace','path':'/a~1b','value':2} | {'a/b':2}",
        "{'a~b':1} | {'op':'remove','path':'/a~0b'} | {}",
        "{'a':[1]} | {'op':'test','path':'/a','value':[1]} | {'a':[1]}",
        "{'a':1} | {'op':'test','path':'/b','value':null} | {'a':1}",
    })
    void appliesOneOperation(String target, String operation, String result) {
        assertEquals(json(result), JsonPatch.apply(json(target), json("[" + operation + "]").array()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "{'op':'remove','path':'/x'} | UNFIT | "
                + "remove operation does not apply: doc is missing path: '/x': missing value",
        "{'op':'add','path':'/x/y','value':1} | UNFIT | "
                + "add operation does not apply: doc is missing path: '/x/y': missing value",
        "{'op':'replace','path':'/x','value':1} | UNFIT | "
                + "replace operation does not apply: doc is missing key: /x: missing value",
        "{'op':'test','path':'/a','value':2} | UNFIT | testing value /a failed: test failed",
        "{'op':'move','from':'/x','path':'/a'} | UNFIT | "
                + "move operation does not apply: doc is missing from path: /x: missing value",
        "{'op':'add','path':'/l/7','value':1} | UNFIT | "
                + "Unable to access invalid index: 7: invalid index referenced",
        "{'op':'add','path':'/l/01','value':1} | UNFIT | "
                + "Unable to access invalid index: 01: invalid index referenced",
        "{'op':'fly','path':'/a'} | UNFIT | Unexpected kind: fly",
        "{'op':'add','path':'a','value':1} | MALFORMED | invalid JSON pointer: 'a'",
        "{'op':'add','path':'/a'} | MALFORMED | operation missing value field",
        "{'op':'add','value':1} | MALFORMED | operation missing path field",
    })
    void tellsWhatDoesNotApply(String operation, PatchException.Fault fault, String message) {
        var refusal = assertThrows(PatchException.class,
                () -> JsonPatch.apply(json("{'a':1,'l':[1]}"), json("[" + operation + "]").array()));
        assertEquals(message.replace('\'', '"'), refusal.getMessage());
        assertEquals(fault, refusal.fault());
    }

    private static Json json(String text) {
        return JsonReader.read(text.replace('\'', '"'));
    }

    @Test
    void boundsWhatIsCopiedAndHowDeepItGets() {
        var doubling = new StringBuilder("{'op':'add','path':'/a','value':{'x':'y'}}");
        for (int i = 0; i < 40; i++) {
            doubling.append(",{'op':'copy','from':'/a','path':'/a/c").append(i).append("'}");
        }
        var nesting = new StringBuilder("{'op':'add','path':'/a','value':{}}");
        for (int i = 0; i < 600; i++) {
            nesting.append(",{'op':'move','from':'/a','path':'/b'},{'op':'add','path':'/a','value':{}}"
                    + ",{'op':'move','from':'/b','path':'/a/n'}");
        }
        String far = "{'op':'test','path':'" + "/a".repeat(10_000) + "'}";
        for (var operations : List.of(doubling.toString(), nesting.toString(), far)) {
            assertThrows(PatchException.class, () -> JsonPatch.apply(json("{}"), json("[" + operations + "]").array()));
        }
    }

    @Test
    void theOwnersOfDeepFieldsAreNoReasonToRefuse() {
        String owners = "{'f:a':".repeat(500) + "{}" + "}".repeat(500);
        var deep = json("{'metadata':{'managedFields':[{'fieldsV1':" + owners + "}]},'a':{}}");
        var patch = json("[{'op':'add','path':'/a/b','value':1}]").array();
        assertEquals(1, JsonPatch.apply(deep, patch).object().at("a", "b").number(0));
        var tooDeep = json("{'metadata':{'managedFields':[{'fieldsV1':{'f:a':" + owners.replace("f:a", "f:b") + "}"
                + "}]},'b':" + owners + ",'a':{}}");
        assertThrows(PatchException.class, () -> JsonPatch.apply(tooDeep, patch));
    }
}
