package dev.starling.apiserver.cel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.schema.Schema;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
    private static final Schema SCHEMA = Schema.of(JsonReader.readObject("""
            {"type": "object", "properties": {"spec": {"type": "object", "properties": {
              "replicas": {"type": "integer"}, "name": {"type": "string", "maxLength": 20}, "x-y": {"type": "string"},
              "port": {"x-kubernetes-int-or-string": true}, "when": {"type": "string", "format": "date-time"},
              "every": {"type": "string", "format": "duration"}, "ratio": {"type": "number"},
              "tags": {"type": "array", "items": {"type": "string"}},
              "few": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 9}},
              "labels": {"type": "object", "additionalProperties": {"type": "string"}}}}}}
            """.getBytes(java.nio.charset.StandardCharsets.UTF_8)), name -> {
                throw new IllegalArgumentException(name);
            });
    private static final Environment SELF = Environment.of(Map.of("self", ValueType.of(SCHEMA, "selfType", true),
            "any", ValueType.DYN));
    private static final JsonObject OBJECT = JsonObject.of("metadata", JsonObject.of("name", "n"), "spec",
            JsonObject.of("replicas", 3, "name", "web", "x-y", "z", "port", "http", "when", "2030-01-01T00:00:00Z",
                    "every", "1h30m", "ratio", 1, "tags", List.of("a", "b"), "labels", JsonObject.of("k", "v")));

    private static boolean test(String text) {
        return SELF.compile(text, Set.of(ValueType.Form.BOOL)).test(Variables.of(Map.of("self", OBJECT, "any", OBJECT)),
                new Budget(Budget.ONE_OBJECT));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "self.spec.replicas == 3 && self.metadata.name == 'n'", "self.spec.x__dash__y == 'z'",
        "self.spec.port == 'http'", "self.spec.when < timestamp('2031-01-01T00:00:00Z')",
        "self.spec.every == duration('90m')", "self.spec.ratio < 1.5", "!has(self.spec.few)",
        "self.spec.tags.all(t, t.matches('^[a-z]$'))", "self.spec.labels.exists(k, self.spec.labels[k] == 'v')",
        "any.spec.replicas > 2 && any.spec.ratio == 1", "self.?spec.?few.hasValue() == false",
        "quantity('1.5Gi').isGreaterThan(quantity('1G')) && isQuantity('1k') && !isQuantity('x')",
        "quantity('1').add(quantity('500m')).compareTo(quantity('1500m')) == 0 && quantity('2k').asInteger() == 2000",
        "url('https://a.example:8080/p?q=1').getHost() == 'a.example:8080' && !isURL('../x')",
        "url('https://a.example:8080/p?q=1').getQuery()['q'] == ['1']",
        "ip('10.1.2.3').family() == 4 && cidr('10.0.0.0/8').containsIP('10.1.2.3') && isIP('::1')",
        "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && string(ip('10.0.0.1')) == '10.0.0.1'",
        "'abc 123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
        "[1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [1.5, 2.5].max() == 2.5 && [1, 2].isSorted()",
        "['a', 'b', 'a'].indexOf('b') == 1 && ['a', 'b', 'a'].lastIndexOf('a') == 2",
        "sets.contains([1, 2], [1]) && 'A,B'.lowerAscii().split(',') == ['a', 'b'] && 'x'.replace('x', 'y') == 'y'",
        "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('1.0.0-rc.1') && semver('1.2.3').minor() == 2",
        "!format.dns1123Label().validate('ok').hasValue() && format.dns1123Label().validate('No').hasValue()",
        "'%s has %d'.format(['a', 2]) == 'a has 2' && 'abc'.indexOf('c') == 2",
        "[1, 2, 3].map(x, x * 2).filter(x, x > 2) == [4, 6]", "cel.bind(x, 2, x * x) == 4",
        "type(self.spec.replicas) == int", "self.spec == self.spec"})
    void evaluatesWhatKubernetesDoes(String text) {
        assertTrue(test(text), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'aXbX'.replace('X', 'yy') == 'ayybyy'", "'aXbX'.replace('X', '', 1) == 'abX'",
        "'ab'.replace('', '-') == '-a-b-' && 'ab'.replace('', '-', 2) == '-a-b'", "'ab'.replace('b', 'c', 0) == 'ab'",
        "'ab'.replace('b', 'c', -1) == 'ac' && ''.replace('', 'x') == 'x' && 'aaa'.replace('aa', 'b') == 'ba'",
        "['a', 'b'].join() == 'ab' && ['a', 'b'].join(', ') == 'a, b' && [].join(',') == ''"})
    void makesTextsOfTexts(String text) {
        assertTrue(test(text), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"any.long.replace('x', any.long)", "[any.wide, any.wide, any.wide].join()",
        "'%s%s%s'.format([any.wide, any.wide, any.wide])", "['', '', '', ''].join(any.wide)"})
    void makesNoTextThatNobodyCouldPayFor(String text) {
        var values = Variables.of(Map.of("any", JsonObject.of("long", "x".repeat(100_000), "wide",
                "x".repeat(4_000_000))));
        var expression = SELF.compile(text + ".size() > 0", Set.of(ValueType.Form.BOOL));
        assertTrue(assertThrows(EvaluationException.class, () -> expression.test(values,
                new Budget(Budget.ONE_OBJECT))).getMessage().contains("cost limit exceeded"));
    }

    @Test
    void refusesWhatIsNotDeclared() {
        for (String wrong : List.of("self.spec.nothing == 1", "nothing(1)", "self.spec.replicas == 'x'", "self.spec.",
                "other", "self.spec.replicas")) {
            assertThrows(CompilationException.class,
                    () -> SELF.compile(wrong, Set.of(ValueType.Form.BOOL)), wrong);
        }
        assertEquals("compilation failed: ERROR: <input>:1:10: undefined field 'nothing'\n | self.spec.nothing == 1\n"
                + " | .........^", assertThrows(CompilationException.class,
                () -> SELF.compile("self.spec.nothing == 1", Set.of())).getMessage());
    }

    @Test
    void tellsWhyThereIsNoValue() {
        assertEquals("no such key: z", assertThrows(EvaluationException.class,
                () -> test("self.spec.labels['z'] == 'a'")).getMessage());
    }

    @Test
    void endsAnEvaluationThatCostsTooMuch() {
        var many = JsonArray.strings(Collections.nCopies(1000, "x"));
        var env = Environment.of(Map.of("list", ValueType.list(ValueType.STRING)));
        var expression = env.compile("list.all(a, list.all(b, list.all(c, a + b != c)))", Set.of());
        var refusal = assertThrows(EvaluationException.class, () -> expression.test(
                Variables.of(Map.of("list", many)), new Budget(Budget.ONE_OBJECT)));
        assertTrue(refusal.overBudget());
        assertTrue(expression.estimatedCost() > Budget.ONE_OBJECT);
    }

    @Test
    void estimatesCheapWhatIsBounded() {
        assertTrue(SELF.compile("self.spec.few.all(f, f.startsWith('a'))", Set.of()).estimatedCost() < 100);
        assertTrue(SELF.compile("self.spec.replicas > 3", Set.of()).estimatedCost() < 10);
        assertTrue(SELF.compile("self.spec.tags.all(t, self.spec.tags.all(u, t == u))", Set.of()).estimatedCost()
                > Budget.ONE_OBJECT);
    }

    @Test
    void aFieldThatIsRequiredTwiceMakesNoObjectLarger() {
        String schema = "{'type':'object','required':[%s],'properties':{'list':{'type':'array','items':{'type':"
                + "'object'}},'a':{'type':'string'}}}";
        assertEquals(least(schema.formatted("'a'")), least(schema.formatted("'a','a','a'")));
    }

    private static long least(String schema) {
        return ValueType.of(Schema.of(JsonReader.readObject(schema.replace('\'', '"')
                .getBytes(java.nio.charset.StandardCharsets.UTF_8)), name -> {
                    throw new IllegalArgumentException(name);
                }), "t", false).least();
    }

    @Test
    void asksAnAuthorizerAndComputesVariablesLate() {
        var env = Environment.of(Map.of("authorizer", ValueType.AUTHORIZER, "variables.limit", ValueType.INT));
        Authorizing yes = ask -> new Authorizing.Answer(ask.resource().resource().equals("pods")
                && ask.verb().equals("get"), "because", "");
        var expression = env.compile("authorizer.group('').resource('pods').namespace('d').check('get').allowed()"
                + " || variables.limit > 3", Set.of(ValueType.Form.BOOL));
        assertTrue(expression.uses("variables.limit"));
        assertTrue(expression.test(name -> {
            assertFalse(name.equals("variables.limit"));
            return java.util.Optional.of(yes);
        }, new Budget(Budget.ONE_OBJECT)));
    }

    @Test
    void givesResultsAsJson() {
        var env = Environment.of(Map.of("object", ValueType.DYN));
        Json made = env.compile("{'a': [1, 2.5], 'b': object.c, 'd': duration('90s')}", Set.of())
                .evaluate(Variables.of(Map.of("object", JsonObject.of("c", true))), new Budget(Budget.ONE_CALL));
        assertEquals("{\"a\":[1,2.5],\"b\":true,\"d\":\"90s\"}", made.toString());
    }

    private static final Environment BUILDING = Environment.of(Map.of("object", ValueType.DYN)).building();

    private static Json built(String text) {
        return BUILDING.compile(text, Set.of(ValueType.Form.OBJECT)).object(Variables.of(Map.of("object", OBJECT)),
                new Budget(Budget.ONE_OBJECT));
    }

    @Test
    void buildsObjects() {
        assertEquals("{\"spec\":{\"replicas\":4,\"x-y\":\"z\",\"list\":[{\"name\":\"a\"}]}}", built("Object{spec: "
                + "Object.spec{replicas: object.spec.replicas + 1, x__dash__y: 'z', list: ['a'].map(n, "
                + "Object.spec.list{name: n}), ?absent: object.?nothing}}").toString());
        assertEquals("{\"metadata\":{\"labels\":{\"a\":\"b\"}}}", built("true ? Object{metadata: Object.metadata{"
                + "labels: {'a': 'b'}}} : Object{}").toString());
    }

    @Test
    void refusesAPartOfAnObjectInTheWrongPlace() {
        assertEquals("type mismatch: unexpected type name \"Object.spec.wrong\", expected \"Object.spec.selector\", "
                + "which matches field name path from root Object type", assertThrows(EvaluationException.class,
                () -> built("Object{spec: Object.spec{selector: Object.spec.wrong{}}}")).getMessage());
        assertThrows(EvaluationException.class, () -> built("Object.spec{}"));
        assertThrows(CompilationException.class, () -> built("'text'"));
        assertThrows(CompilationException.class, () -> SELF.compile("Object{}", Set.of()));
    }

    @Test
    void buildsPatches() {
        var values = Variables.of(Map.of("object", OBJECT));
        assertEquals("[{\"op\":\"add\",\"path\":\"/metadata/labels/a~1b~0c\",\"value\":\"x\"},{\"op\":\"replace\","
                + "\"path\":\"/spec\",\"value\":{\"replicas\":2}}]", BUILDING.compile("[JSONPatch{op: 'add', path: "
                + "'/metadata/labels/' + jsonpatch.escapeKey('a/b~c'), value: 'x'}, JSONPatch{op: 'replace', path: "
                + "'/spec', value: Object.spec{replicas: 2}}]", Set.of(ValueType.Form.LIST))
                .operations(values, new Budget(Budget.ONE_OBJECT)).toString());
        assertThrows(EvaluationException.class, () -> BUILDING.compile("[1]", Set.of(ValueType.Form.LIST))
                .operations(values, new Budget(Budget.ONE_OBJECT)));
        assertEquals("compilation failed: undefined field 'paths'", assertThrows(CompilationException.class,
                () -> BUILDING.compile("[JSONPatch{paths: ''}]", Set.of())).getMessage());
    }
}
