package dev.starling.cli;

import dev.starling.cli.output.TextTable;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code get cluster}: the name of the running server's cluster, and the config as it was given. */
final class GetCluster implements Command {
    @Override
    public String name() {
        return "get cluster";
    }

    @Override
    public CommandSpec spec() {
        return Options.of(name(), "Shows the running server's cluster; -o yaml prints its ClusterConfig as it was "
                        + "given.")
                .output("table", "yaml", "json").example("./starling get cluster -o yaml > cluster.yaml").spec();
    }

    @Override
    public void run(ParseResult line, Session session) {
        String form = Options.output(line);
        try (var server = Options.server(line, session)) {
            var cluster = new ClusterIdentity(server.api()).find().orElseThrow(() -> new CliException(
                    "the cluster has no name yet; give it one with ./starling create cluster --name NAME"));
            String config = cluster.text("config");
            if (form.equals("table")) {
                long profiles = new Profiles(server.api(), session).all().size();
                session.out().print(new TextTable(List.of("NAME", "REGION", "VERSION", "PROFILES", "SERVER"), Set.of(3))
                        .row(List.of(cluster.text("name"), cluster.text("region"), or(cluster.text("version")),
                                Long.toString(profiles), server.address())));
            } else if (form.equals("yaml")) {
                session.out().print(config);
            } else {
                session.out().print(Yaml.documents(config).stream().findFirst().map(Json::object)
                        .map(JsonWriter::pretty).orElse("{}") + "\n");
            }
        }
    }

    private static String or(String text) {
        return text.isEmpty() ? "<none>" : text;
    }
}
