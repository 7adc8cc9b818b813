package dev.starling.cli;

import dev.starling.cli.cluster.FargateProfile;
import dev.starling.cli.output.TextTable;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.yaml.Yaml;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code get fargateprofile} and {@code delete fargateprofile}. */
final class ProfileCommands {
    private ProfileCommands() {
    }

    /** The one name that stands as an argument or as {@code --name}; empty if there is none. */
    private static String name(ParseResult line) {
        var names = new java.util.ArrayList<>(Options.arguments(line));
        if (Options.flag(line, "--name")) {
            names.add(Options.text(line, "--name"));
        }
        if (names.size() > 1) {
            throw new UsageException("one profile at a time, please, not " + String.join(" ", names));
        }
        return names.isEmpty() ? "" : names.getFirst();
    }

    private static void checkCluster(ParseResult line, Server server) {
        if (Options.flag(line, "--cluster")) {
            new ClusterIdentity(server.api()).check(Options.text(line, "--cluster"));
        }
    }

    private static Options options(String command, String description) {
        return Options.of(command, description)
                .text(List.of("--name"), "NAME", "The same as NAME alone.")
                .text(List.of("--cluster"), "NAME", "Refuses if the server's cluster has another name.");
    }

    /** Prints profiles in eksctl's forms. */
    static final class Get implements Command {
        @Override
        public String name() {
            return "get fargateprofile";
        }

        @Override
        public CommandSpec spec() {
            return options(name(), "Shows the Fargate profiles, or one of them.")
                    .argument("NAME", "0..1", "The profile's name; all by default.")
                    .output("table", "yaml", "json").example("./starling get fargateprofile -o yaml").spec();
        }

        @Override
        public void run(ParseResult line, Session session) {
            String form = Options.output(line);
            String name = ProfileCommands.name(line);
            try (var server = Options.server(line, session)) {
                checkCluster(line, server);
                var profiles = name.isEmpty() ? new Profiles(server.api(), session).all()
                        : List.of(server.api().get(Kinds.FARGATE_PROFILES.key(name)));
                session.out().print(switch (form) {
                    case "yaml" -> Yaml.write(list(profiles));
                    case "json" -> JsonWriter.pretty(list(profiles)) + "\n";
                    default -> table(profiles);
                });
            }
        }

        private static JsonArray list(List<KubeObject> profiles) {
            return JsonArray.of(profiles.stream().map(profile -> (Json) FargateProfile.from(profile).json()
                    .with("status", new JsonString(status(profile)))).toList());
        }

        private static String status(KubeObject profile) {
            String phase = profile.status().text("phase");
            return profile.deleting() ? "DELETING" : phase.isEmpty() ? "ACTIVE" : phase;
        }

        private static String table(List<KubeObject> profiles) {
            if (profiles.isEmpty()) {
                return "There are no Fargate profiles: pods will stay Pending.\n";
            }
            var table = new TextTable(List.of("NAME", "SELECTOR_NAMESPACE", "SELECTOR_LABELS",
                    "POD_EXECUTION_ROLE_ARN", "SUBNETS", "TAGS", "STATUS"), Set.of());
            for (var object : profiles) {
                var profile = FargateProfile.from(object);
                for (var selector : profile.selectors()) {
                    table.row(List.of(profile.name(), selector.namespace(), or(Profiles.pairs(selector.labels())),
                            or(profile.podExecutionRoleARN()), or(String.join(",", profile.subnets())),
                            or(Profiles.pairs(profile.tags())), status(object)));
                }
            }
            return table.toString();
        }

        private static String or(String text) {
            return text.isEmpty() ? "<none>" : text;
        }
    }

    /** Deletes one profile. */
    static final class Delete implements Command {
        @Override
        public String name() {
            return "delete fargateprofile";
        }

        @Override
        public CommandSpec spec() {
            return options(name(), "Deletes a Fargate profile: pods that only it selects find no place any more.")
                    .argument("NAME", "0..1", "The profile's name.")
                    .example("./starling delete fargateprofile fp-dev").spec();
        }

        @Override
        public void run(ParseResult line, Session session) {
            String name = ProfileCommands.name(line);
            if (name.isEmpty()) {
                throw new UsageException("the name of a profile is needed");
            }
            try (var server = Options.server(line, session)) {
                checkCluster(line, server);
                server.api().delete(Kinds.FARGATE_PROFILES.key(name));
                session.say("Fargate profile " + name + " deleted");
            }
        }
    }
}
