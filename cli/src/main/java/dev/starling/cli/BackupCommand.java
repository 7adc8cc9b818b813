package dev.starling.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code backup FILE}: the whole store of a running server as of one moment. The file is there once it is complete,
 * checked and durable; before, a file whose name ends in {@code .part} is.
 */
final class BackupCommand implements Command {
    private static final String PATH = "/starling/backup";
    private static final int CHECKSUM_BYTES = 32;
    private static final int STEP_BYTES = 1 << 16;

    @Override
    public String name() {
        return "backup";
    }

    @Override
    public CommandSpec spec() {
        return Options.of(name(), "Writes all objects of the running server, as of one moment, into a file."
                + " The folder keys of the data folder is not in it: keep a copy of it, too.")
                .argument("FILE", "1", "The file to write; it must not exist.")
                .example("./starling backup monday.backup",
                        "./starling restore monday.backup --data /srv/other").spec();
    }

    @Override
    public void run(ParseResult line, Session session) {
        var file = Path.of(Options.arguments(line).getFirst()).toAbsolutePath();
        if (Files.exists(file)) {
            throw new CliException(file + " is there already");
        }
        var part = file.resolveSibling(file.getFileName() + ".part");
        try (var server = Options.server(line, session)) {
            Files.deleteIfExists(part);
            // It holds Secrets.
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (var out = new BufferedOutputStream(Files.newOutputStream(part))) {
                server.receive(PATH, out);
            }
            check(part);
            try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            session.say("Wrote " + file + " (" + Files.size(file) + " bytes)");
        } catch (IOException | UncheckedIOException e) {
            throw new CliException("writing " + file + " failed: " + e.getMessage());
        }
    }

    /** A backup ends with the SHA-256 of all before it. */
    private static void check(Path part) throws IOException {
        long left = Files.size(part) - CHECKSUM_BYTES;
        try (var in = Files.newInputStream(part)) {
            var digest = MessageDigest.getInstance("SHA-256");
            while (left > 0) {
                byte[] step = in.readNBytes((int) Math.min(STEP_BYTES, left));
                digest.update(step);
                left -= step.length;
            }
            if (left < 0 || !MessageDigest.isEqual(digest.digest(), in.readAllBytes())) {
                throw new CliException("the backup did not come whole: its checksum does not match; try again");
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
