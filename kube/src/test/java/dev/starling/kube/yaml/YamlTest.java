package dev.starling.kube.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.util.List;
import org.junit.jupiter.api.Test;

final class YamlTest {

    @Test
    void readsEveryDocument() {
        assertEquals(List.of(JsonObject.of("a", 1), JsonObject.of("b", List.of("x", true))),
                Yaml.documents("---\na: 1\n---\n---\nb: [x, true]\n"));
    }

    @Test
    void keepsWordsThatYaml11TookForBooleans() {
        assertEquals("no", Yaml.documents("a: no").getFirst().object().text("a"));
    }

    @Test
    void tellsTheLineOfAnError() {
        var e = assertThrows(Yaml.YamlException.class, () -> Yaml.documents("a: 1\nb: [\n"));
        assertEquals(3, e.line());
    }

    @Test
    void refusesABombOfAliases() {
        var text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            text.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
        }
        assertThrows(Yaml.YamlException.class, () -> Yaml.documents(text.toString()));
    }

    @Test
    void writesWhatItCanReadAgain() {
        var json = JsonReader.read(
                "{\"a\":[{\"b\":null,\"c\":\"true\"},1.5],\"d\":\"line\\nline\\n\",\"e\":{},\"f\":[]}");
        assertEquals(List.of(json), Yaml.documents(Yaml.write(json)));
    }

    /** None of them may cost more than its size, or exhaust the stack. */
    @Test
    void refusesHostileDocuments() {
        var laughs = new StringBuilder("a0: &a0 [x,x]\n");
        for (int i = 1; i < 40; i++) {
            laughs.append("a%d: &a%d [*a%d,*a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        String chain = "a: &a " + "[".repeat(400) + "x" + "]".repeat(400) + "\nb: " + "[".repeat(400) + "*a"
                + "]".repeat(400) + "\n";
        var hostile = List.of(chain,
                "[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000),
                "[? ".repeat(100_000), "&a [*a]", "&a {a: *a}", "{[a]: b}", "{{a: b}: c}", "a: *b", "a: 1\na: 2",
                "a: " + "9".repeat(1_000_000),
                "a: !!binary aGk=", "!!java.net.URL [x]", "a: !!int x", laughs.toString(),
                laughs + "? *a39\n: x\n", "a: &a " + "x".repeat(1_000) + "\nb: [" + "*a,".repeat(100_000) + "]");
        for (String text : hostile) {
            assertThrows(Yaml.YamlException.class, () -> Yaml.documents(text), text.substring(0, 5));
        }
    }

    @Test
    void sharesWhatAnAnchorNames() {
        assertEquals(JsonReader.read("{\"a\":{\"x\":[1,null]},\"b\":{\"x\":[1,null]},\"x\":\"y\"}"),
                Yaml.documents("a: &a {x: [1, null]}\nb: *a\n&k x: y").getFirst());
    }

    @Test
    void readsScalarsAsTheJsonSchemaDoes() {
        String json = "{'a':1,'b':1.0,'c':'0x10','d':'1','e':'2','1':true,'null':null,'f':1.0,'g':1000.0,'h':'.5'}";
        assertEquals(List.of(JsonReader.read(json.replace('\'', '"'))), Yaml.documents(
                "a: 1\nb: 1.0\nc: 0x10\nd: '1'\ne: !!str 2\n1: true\nnull: null\nf: 1.\ng: 1e3\nh: .5"));
    }
}
