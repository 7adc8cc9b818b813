package dev.starling.apiserver.admission.policy;

import dev.starling.apiserver.admission.expression.Conditions;
import dev.starling.apiserver.admission.match.Matching;
import dev.starling.apiserver.cel.CompilationException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.Optional;
import java.util.function.Function;

/**
 * A ValidatingAdmissionPolicy or a MutatingAdmissionPolicy. Its expressions are compiled when they are first needed.
 * Thread-safe.
 *
 * @param <P> what its expressions become
 */
final class Policy<P> {
    private final KubeObject object;
    private final Function<JsonObject, P> compiler;
    private final Matching matching;
    private final Conditions conditions;
    private volatile Optional<P> program = Optional.empty();

    /** @param compiler takes the policy's spec */
    Policy(KubeObject object, Function<JsonObject, P> compiler) {
        this.object = object;
        this.compiler = compiler;
        this.matching = Matching.ofResources(object.spec().object("matchConstraints"));
        this.conditions = new Conditions(object.spec().array("matchConditions"));
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

    /** Whether it wants to see what others changed after it. */
    boolean repeats() {
        return object.spec().text("reinvocationPolicy").equals("IfNeeded");
    }

    /** Empty where it takes no parameters. */
    JsonObject paramKind() {
        return object.spec().object("paramKind");
    }

    /** @throws CompilationException if an expression is wrong */
    P program() {
        return program.orElseGet(() -> {
            var made = compiler.apply(object.spec());
            program = Optional.of(made);
            return made;
        });
    }
}
