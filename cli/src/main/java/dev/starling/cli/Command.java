package dev.starling.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One client command. */
interface Command {

    /** Its words after {@code starling}: {@code create cluster}. */
    String name();

    /** Its options, arguments and help. */
    CommandSpec spec();

    /** Does what was asked. Failures for the user are {@link CliException}s and the API's refusals. */
    void run(ParseResult line, Session session);
}
