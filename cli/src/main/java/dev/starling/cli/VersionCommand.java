package dev.starling.cli;

import dev.starling.kube.api.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code version}: the client's, and the server's if one answers. */
final class VersionCommand implements Command {
    @Override
    public String name() {
        return "version";
    }

    @Override
    public CommandSpec spec() {
        return Options.of(name(), "Shows the version of this client, and of the server if one answers.").spec();
    }

    @Override
    public void run(ParseResult line, Session session) {
        session.say("Client: starling " + client());
        try (var server = Options.server(line, session)) {
            session.say("Server: " + server.read("/version").text("gitVersion") + " at " + server.address());
        } catch (CliException | ApiException e) {
            session.say("Server: none (" + e.getMessage() + ")");
        }
    }

    private static String client() {
        try (var version = VersionCommand.class.getResourceAsStream("version.txt")) {
            return version == null ? "of unknown version"
                    : new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
