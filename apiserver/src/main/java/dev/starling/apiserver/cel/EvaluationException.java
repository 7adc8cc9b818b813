package dev.starling.apiserver.cel;

/** An expression has no value for these variables, or its value would cost too much. */
public final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean overBudget;

    EvaluationException(String message, boolean overBudget) {
        super(message);
        this.overBudget = overBudget;
    }

    /** Whether the budget was used up. */
    public boolean overBudget() {
        return overBudget;
    }
}
