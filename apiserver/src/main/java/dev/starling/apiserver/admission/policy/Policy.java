package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Conditions;
import dev.starling.apiserver.admission.match.Matching;
import dev.starling.apiserver.cel.CompilationException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.Optional;

/** A ValidatingAdmissionPolicy. Its expressions are compiled when they are first needed. Thread-safe. */
final class Policy {
    private final KubeObject object;
    private final Matching matching;
    private final Conditions conditions;
    private volatile Optional<Program> program = Optional.empty();

    private Policy(KubeObject object) {
        this.object = object;
        this.matching = Matching.ofResources(object.spec().object("matchConstraints"));
        this.conditions = new Conditions(object.spec().array("matchConditions"));
    }

    static Policy of(KubeObject object) {
        return new Policy(object);
    }

    String name() {
        return object.name();
    }

    Matching matching() {
        return matching;
    }

    Conditions conditions() {
        return conditions;
    }

    /** Whether what goes wrong is as if the policy were not there. */
    boolean ignoresFailure() {
        return object.spec().text("failurePolicy").equals("Ignore");
    }

    /** Empty where it takes no parameters. */
    JsonObject paramKind() {
        return object.spec().object("paramKind");
    }

    /** @throws CompilationException if an expression is wrong */
    Program program() {
        return program.orElseGet(() -> {
            var made = Program.of(object.spec());
            program = Optional.of(made);
            return made;
        });
    }
}
