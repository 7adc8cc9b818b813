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
}
