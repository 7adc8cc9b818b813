package dev.starling.apiserver.cel;

import dev.cel.common.CelOptions;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.EnumSet;

/** What every expression may use: CEL's functions, its extensions, and those of Kubernetes. Made when first used. */
final class Library {
    private static final int MOST_ITERATIONS = 1_000_000;
    private static final int LONGEST_EXPRESSION = 100_000;
    private static final int LARGEST_PATTERN = 100_000;
    private static final CelOptions OPTIONS = CelOptions.current().comprehensionMaxIterations(MOST_ITERATIONS)
            .enableHeterogeneousNumericComparisons(true).maxExpressionCodePointSize(LONGEST_EXPRESSION)
            .maxRegexProgramSize(LARGEST_PATTERN).build();
    /** Those that can make a text much longer than what they are given are bounded here. */
    private static final CelStringExtensions STRINGS = CelExtensions.strings(EnumSet.complementOf(EnumSet.of(
            CelStringExtensions.Function.REPLACE, CelStringExtensions.Function.JOIN)));
    private static final Functions FUNCTIONS = functions();
    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder().setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(CelExtensions.optional(), STRINGS, CelExtensions.sets(OPTIONS),
                    CelExtensions.math(), CelExtensions.bindings(), CelExtensions.encoders(OPTIONS))
            .addFunctionDeclarations(FUNCTIONS.declared()).build();
    private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS)
            .addLibraries(CelExtensions.optional(), STRINGS, CelExtensions.sets(OPTIONS),
                    CelExtensions.math(), CelExtensions.encoders(OPTIONS))
            .addFunctionBindings(FUNCTIONS.bound()).build();

    private Library() {
    }

    private static Functions functions() {
        var functions = new Functions();
        QuantityFunctions.addTo(functions);
        AddressFunctions.addTo(functions);
        UrlFunctions.addTo(functions);
        TextFunctions.addTo(functions);
        LongerTexts.addTo(functions);
        ListFunctions.addTo(functions);
        VersionFunctions.addTo(functions);
        AuthorizerFunctions.addTo(functions);
        Construction.addTo(functions);
        return functions;
    }

    static CelCompiler compiler() {
        return COMPILER;
    }

    static CelRuntime runtime() {
        return RUNTIME;
    }
}
