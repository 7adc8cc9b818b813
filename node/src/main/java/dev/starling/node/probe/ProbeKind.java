package dev.starling.node.probe;

/** The three probes of a container. */
public enum ProbeKind {
    STARTUP("startupProbe", "Startup"), LIVENESS("livenessProbe", "Liveness"), READINESS("readinessProbe", "Readiness");

    private final String field;
    private final String title;

    ProbeKind(String field, String title) {
        this.field = field;
        this.title = title;
    }

    /** Its name in a container's specification. */
    public String field() {
        return field;
    }

    /** Its name in events. */
    public String title() {
        return title;
    }
}
