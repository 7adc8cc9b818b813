package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.cel.CompilationException;
import dev.starling.apiserver.cel.Environment;
import dev.starling.apiserver.cel.ValueType;
import dev.starling.apiserver.cel.ValueType.Form;
import dev.starling.kube.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The expressions of a policy or a webhook, with the places where they stand. */
final class Expressions {
    private static final Set<Form> TEXT = Set.of(Form.STRING);
    private static final Set<Form> FLAG = Set.of(Form.BOOL);

    private Expressions() {
    }

    /**
     * One that cannot be compiled.
     *
     * @param field its path
     */
    record Fault(String field, String text, String why) {
    }

    /**
     * What of a policy's spec cannot be compiled where these variables are declared. In one that changes objects all
     * may build them but the {@code matchConditions}.
     */
    static List<Fault> faults(JsonObject spec, Environment declared) {
        var faults = new ArrayList<Fault>();
        var environment = spec.has("mutations") ? declared.building() : declared;
        int number = 0;
        for (var variable : spec.array("variables").objects()) {
            String field = "spec.variables[" + number++ + "].expression";
            environment = environment.with("variables." + variable.text("name"),
                    compiled(environment, field, variable.text("expression"), faults));
        }
        faults.addAll(conditions(spec, "spec.", declared));
        number = 0;
        for (var validation : spec.array("validations").objects()) {
            String field = "spec.validations[" + number++ + "].";
            check(environment, field + "expression", validation.text("expression"), FLAG, faults);
            if (!validation.text("messageExpression").isEmpty()) {
                check(environment, field + "messageExpression", validation.text("messageExpression"), TEXT, faults);
            }
        }
        number = 0;
        for (var annotation : spec.array("auditAnnotations").objects()) {
            check(environment, "spec.auditAnnotations[" + number++ + "].valueExpression",
                    annotation.text("valueExpression"), Set.of(Form.STRING, Form.DYN), faults);
        }
        number = 0;
        for (var mutation : spec.array("mutations").objects()) {
            String field = Mutation.field(mutation);
            check(environment, "spec.mutations[" + number++ + "]." + field + ".expression",
                    mutation.object(field).text("expression"), Set.of(Mutation.form(mutation)), faults);
        }
        return faults;
    }

    /** What of some {@code matchConditions} cannot be compiled. */
    static List<Fault> conditions(JsonObject owner, String path, Environment environment) {
        var faults = new ArrayList<Fault>();
        int number = 0;
        for (var condition : owner.array("matchConditions").objects()) {
            check(environment, path + "matchConditions[" + number++ + "].expression", condition.text("expression"),
                    FLAG, faults);
        }
        return faults;
    }

    private static void check(Environment environment, String field, String text, Set<Form> forms,
            List<Fault> faults) {
        try {
            environment.compile(text, forms);
        } catch (CompilationException e) {
            faults.add(new Fault(field, text, e.getMessage()));
        }
    }

    private static ValueType compiled(Environment environment, String field, String text, List<Fault> faults) {
        try {
            return environment.compile(text, Set.of()).type();
        } catch (CompilationException e) {
            faults.add(new Fault(field, text, e.getMessage()));
            return ValueType.DYN;
        }
    }
}
