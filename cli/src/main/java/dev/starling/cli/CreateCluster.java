package dev.starling.cli;

import dev.starling.cli.cluster.ClusterConfig;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code create cluster}: names the running server's cluster and applies its Fargate profiles. */
final class CreateCluster implements Command {
    private static final String FILE = "--config-file";
    private static final String REGION = "--region";

    @Override
    public String name() {
        return "create cluster";
    }

    @Override
    public CommandSpec spec() {
        return Options.of(name(), "Names the running server's cluster, and creates or updates its Fargate profiles. "
                        + "Reads eksctl's ClusterConfig (eksctl.io/v1alpha5).")
                .text(List.of("-f", FILE), "FILE|-", "The ClusterConfig; - reads the standard input.")
                .flag(List.of("--fargate"), "Adds the profile fp-default (default, kube-system) if there is none.")
                .text(List.of("--name"), "NAME", "The cluster's name, when there is no file; starling by default.")
                .text(List.of(REGION), "REGION", "The cluster's region, when there is no file; local by default.")
                .flag(List.of("--dry-run"), "Prints the whole ClusterConfig, and does nothing.")
                .example("./starling create cluster -f cluster.yaml", "./starling create cluster --name web --fargate")
                .spec();
    }

    @Override
    public void run(ParseResult line, Session session) {
        var config = config(line, session);
        config.warnings().forEach(session::warn);
        if (Options.flag(line, "--dry-run")) {
            session.out().print(Yaml.write(config.tree()));
            return;
        }
        try (var server = Options.server(line, session)) {
            boolean isNew = new ClusterIdentity(server.api()).record(config);
            session.say("Cluster " + config.name() + " (" + config.region() + ") "
                    + (isNew ? "created on " + server.address() : "exists: applying its profiles"));
            new Profiles(server.api(), session).apply(config.profiles());
        }
    }

    private static ClusterConfig config(ParseResult line, Session session) {
        String file = Options.text(line, FILE);
        boolean named = Options.flag(line, "--name") || Options.flag(line, REGION);
        if (!file.isEmpty() && named) {
            throw new UsageException("--name and " + REGION + " stand in the file: leave them out with -f");
        }
        var config = file.isEmpty()
                ? ClusterConfig.named(line.matchedOptionValue("--name", "starling"),
                        line.matchedOptionValue(REGION, "local"))
                : ConfigFile.read(file, session);
        return Options.flag(line, "--fargate") ? config.withDefaultProfile() : config;
    }
}
