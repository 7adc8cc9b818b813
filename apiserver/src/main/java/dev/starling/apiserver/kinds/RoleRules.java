package dev.starling.apiserver.kinds;

import dev.starling.apiserver.registry.KindRules;
import dev.starling.apiserver.registry.NameRule;

/** Roles and bindings: their names may hold colons, and an update may create them. */
final class RoleRules implements KindRules {
    static final RoleRules RULES = new RoleRules();

    private RoleRules() {
    }

    @Override
    public boolean createsOnUpdate() {
        return true;
    }

    @Override
    public NameRule nameRule() {
        return NameRule.PATH_SEGMENT;
    }
}
