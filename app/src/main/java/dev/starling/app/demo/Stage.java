package dev.starling.app.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Tells the story as it happens: live in a terminal, plain lines in a pipe. */
final class Stage {
    private final PrintStream out;
    private final boolean terminal;
    private final InstantSource clock;
    private final Bell bell;
    private final Instant begun;
    private String lastLine = "";

    Stage(PrintStream out, boolean terminal, InstantSource clock, Bell bell) {
        this.out = out;
        this.terminal = terminal;
        this.clock = clock;
        this.bell = bell;
        this.begun = clock.instant();
    }

    void chapter(int number, String title) {
        endLive();
        out.println();
        out.println(bold("[" + seconds() + " s] " + number + ". " + title));
    }

    /** One finished line. */
    void line(String text) {
        endLive();
        text.lines().forEach(line -> out.println("    " + line));
        out.flush();
    }

    /** What is so at this moment: replaces the line before in a terminal, and is printed on change in a pipe. */
    void live(String text) {
        if (text.equals(lastLine)) {
            return;
        }
        if (terminal) {
            out.print("\r\u001b[K    " + text);
        } else {
            out.println("    [" + seconds() + " s] " + text);
        }
        out.flush();
        lastLine = text;
    }

    private void endLive() {
        if (terminal && !lastLine.isEmpty()) {
            out.println();
        }
        lastLine = "";
    }

    /**
     * Shows what a look at the world gives, anew whenever the bell rings, until it is as wished.
     *
     * @throws DemoException if that takes longer than the limit
     */
    void until(String wish, Duration limit, Supplier<Look> look) {
        var deadline = clock.instant().plus(limit);
        var seen = look.get();
        while (!seen.done()) {
            live(seen.text());
            if (!clock.instant().isBefore(deadline)) {
                endLive();
                throw new DemoException("waited " + limit.toSeconds() + " s in vain: " + wish + "; last seen: "
                        + seen.text());
            }
            bell.await(Duration.between(clock.instant(), deadline));
            seen = look.get();
        }
        live(seen.text());
        endLive();
    }

    /** Shows what is so, anew whenever the bell rings, until the time is over. */
    void during(Duration time, Supplier<String> text) {
        var end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            live(text.get());
            bell.await(Duration.between(clock.instant(), end));
        }
        live(text.get());
        endLive();
    }

    private String bold(String text) {
        return terminal ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    private String seconds() {
        return "%5.1f".formatted(Duration.between(begun, clock.instant()).toMillis() / 1000.0);
    }

    /** One look at the world. */
    record Look(boolean done, String text) {
    }
}
