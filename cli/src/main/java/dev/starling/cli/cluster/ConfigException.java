package dev.starling.cli.cluster;

import java.util.List;

/** A cluster config that can't be used: one line for the user for each thing that is wrong. */
public final class ConfigException extends RuntimeException {
    private final transient List<String> lines;

    public ConfigException(List<String> lines) {
        super(String.join("; ", lines));
        this.lines = List.copyOf(lines);
    }

    public List<String> lines() {
        return lines;
    }
}
