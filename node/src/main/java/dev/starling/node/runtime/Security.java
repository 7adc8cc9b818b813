package dev.starling.node.runtime;

import java.util.List;

/**
 * As whom, and with which rights, a container runs.
 *
 * @param user number or name; empty for the image's own
 * @param group number; empty for the user's own. Needs a user.
 */
public record Security(String user, String group, List<Long> supplementalGroups, boolean privileged,
                       boolean readOnlyRoot, boolean noNewPrivileges,
                       List<String> addCapabilities, List<String> dropCapabilities) {
    public static final Security DEFAULT =
        new Security("", "", List.of(), false, false, false, List.of(), List.of());

    public Security {
        supplementalGroups = List.copyOf(supplementalGroups);
        addCapabilities = List.copyOf(addCapabilities);
        dropCapabilities = List.copyOf(dropCapabilities);
    }
}
