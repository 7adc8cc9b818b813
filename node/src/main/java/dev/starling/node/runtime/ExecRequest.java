package dev.starling.node.runtime;

import java.util.List;

/** A command to run with its streams connected; a terminal merges standard error into standard output. */
public record ExecRequest(List<String> command, boolean stdin, boolean stdout, boolean stderr, boolean tty) {
    public ExecRequest {
        command = List.copyOf(command);
    }
}
