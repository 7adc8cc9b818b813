package dev.starling.cli;

import dev.starling.cli.cluster.ConfigException;
import dev.starling.cli.cluster.FargateProfile;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code create fargateprofile}, from flags or from a ClusterConfig. */
final class CreateProfile implements Command {
    private static final String FILE = "--config-file";

    @Override
    public String name() {
        return "create fargateprofile";
    }

    @Override
    public CommandSpec spec() {
        return Options.of(name(), "Creates a Fargate profile: pods in its namespace that carry its labels run without "
                        + "nodes. One that exists is updated.")
                .text(List.of("--name"), "NAME", "The profile's name.")
                .text(List.of("--namespace"), "NAMESPACE", "Whose pods; * and ? stand for any letters, any letter.")
                .pairs(List.of("-l", "--labels"), "Labels that the pods must carry.")
                .pairs(List.of("-t", "--tags"), "Tags that appear on the bill.")
                .text(List.of("--cluster"), "NAME", "Refuses if the server's cluster has another name.")
                .text(List.of("-f", FILE), "FILE|-", "A ClusterConfig whose fargateProfiles to create instead.")
                .example("./starling create fargateprofile --name fp-dev --namespace 'dev-*' -l env=dev").spec();
    }

    @Override
    public void run(ParseResult line, Session session) {
        String file = Options.text(line, FILE);
        String cluster = Options.text(line, "--cluster");
        List<FargateProfile> profiles;
        if (file.isEmpty()) {
            profiles = List.of(fromFlags(line));
        } else {
            refuseFlags(line);
            var config = ConfigFile.read(file, session);
            config.warnings().forEach(session::warn);
            profiles = config.profiles();
            cluster = config.name();
            if (profiles.isEmpty()) {
                throw new CliException(file + " has no fargateProfiles");
            }
        }
        try (var server = Options.server(line, session)) {
            if (!cluster.isEmpty()) {
                new ClusterIdentity(server.api()).check(cluster);
            }
            new Profiles(server.api(), session).apply(profiles);
        }
    }

    private static void refuseFlags(ParseResult line) {
        Stream.of("--name", "--namespace", "--labels", "--tags", "--cluster").filter(flag -> Options.flag(line, flag))
                .findFirst().ifPresent(flag -> {
                    throw new UsageException(flag + " can't be used together with -f");
                });
    }

    private static FargateProfile fromFlags(ParseResult line) {
        Stream.of("--name", "--namespace").filter(flag -> Options.text(line, flag).isEmpty()).findFirst()
                .ifPresent(flag -> {
                    throw new UsageException(flag + " is needed (or -f)");
                });
        var selector = new FargateProfile.Selector(Options.text(line, "--namespace"), Options.pairs(line, "--labels"));
        var profile = new FargateProfile(Options.text(line, "--name"), "", List.of(selector), List.of(),
                Options.pairs(line, "--tags"));
        if (!profile.faults().isEmpty()) {
            throw new ConfigException(profile.faults().stream().map(Object::toString).toList());
        }
        return profile;
    }
}
