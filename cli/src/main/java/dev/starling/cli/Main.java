package dev.starling.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The client's {@code main}. */
public final class Main {
    private Main() {
    }

    public static void main(String[] words) {
        var out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), false,
                StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        var session = new Session(out, err, System.in, System.getenv(), Path.of(System.getProperty("user.home")),
                HttpServer::open);
        int code = new Starling(session).run(List.of(words));
        out.flush();
        System.exit(code);
    }
}
