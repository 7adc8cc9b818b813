package dev.starling.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Builds the specs of commands, and reads what was parsed. Built by code, since reflection would slow the start. */
final class Options {
    static final String KUBECONFIG = "--kubeconfig";
    static final String OUTPUT = "--output";

    private final CommandSpec spec;

    private Options(String name, String description) {
        spec = CommandSpec.create().name("./starling " + name);
        spec.usageMessage().description(description).sortOptions(false).abbreviateSynopsis(true).width(100)
                .autoWidth(false);
    }

    static Options of(String name, String description) {
        return new Options(name, description);
    }

    Options text(List<String> names, String label, String description) {
        return add(OptionSpec.builder(names.toArray(String[]::new)).type(String.class).paramLabel(label)
                .description(description));
    }

    Options flag(List<String> names, String description) {
        return add(OptionSpec.builder(names.toArray(String[]::new)).type(boolean.class).description(description));
    }

    /** {@code k=v,…}, which may stand several times. */
    Options pairs(List<String> names, String description) {
        return add(OptionSpec.builder(names.toArray(String[]::new)).type(Map.class)
                .auxiliaryTypes(String.class, String.class).splitRegex(",").paramLabel("KEY=VALUE")
                .description(description));
    }

    /** {@code -o}, one of the forms. */
    Options output(String... forms) {
        return add(OptionSpec.builder("-o", OUTPUT).type(String.class).paramLabel(String.join("|", forms))
                .description("The form of the answer; table by default.")
                .completionCandidates(List.of(forms)));
    }

    Options argument(String label, String arity, String description) {
        spec.addPositional(PositionalParamSpec.builder().paramLabel(label).arity(arity).type(List.class)
                .auxiliaryTypes(String.class).index("0..*").description(description).build());
        return this;
    }

    Options example(String... lines) {
        var footer = new String[lines.length + 2];
        footer[0] = "";
        footer[1] = "Examples:";
        for (int i = 0; i < lines.length; i++) {
            footer[i + 2] = "  " + lines[i].replace("%", "%%").replace("@", "@@");
        }
        spec.usageMessage().footer(footer);
        return this;
    }

    private Options add(OptionSpec.Builder option) {
        spec.addOption(option.build());
        return this;
    }

    /** The spec, with what every command takes. */
    CommandSpec spec() {
        text(List.of(KUBECONFIG), "FILE", "Which server; by default KUBECONFIG's, then the default data folder's.");
        spec.addOption(OptionSpec.builder("-h", "--help").type(boolean.class).usageHelp(true)
                .description("Shows this.").build());
        return spec;
    }

    static String text(ParseResult line, String option) {
        return line.matchedOptionValue(option, "");
    }

    static boolean flag(ParseResult line, String option) {
        return line.hasMatchedOption(option);
    }

    static Map<String, String> pairs(ParseResult line, String option) {
        return line.matchedOptionValue(option, Map.of());
    }

    static List<String> arguments(ParseResult line) {
        return line.matchedPositionals().isEmpty() ? List.of()
                : line.matchedPositionals().getFirst().<List<String>>getValue();
    }

    /** The chosen form: {@code table} by default. */
    static String output(ParseResult line) {
        String form = line.matchedOptionValue(OUTPUT, "table");
        ArgSpec option = line.commandSpec().findOption(OUTPUT);
        var known = new java.util.ArrayList<String>();
        option.completionCandidates().forEach(known::add);
        if (!known.contains(form)) {
            throw new UsageException("-o " + form + " is not known; it may be " + String.join(", ", known));
        }
        return form;
    }

    static Server server(ParseResult line, Session session) {
        return session.servers().open(text(line, KUBECONFIG), session);
    }
}
