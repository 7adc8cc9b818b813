/** Roles: what they allow, whom they are bound to, and that nobody gives what he does not have. */
@NullMarked
package dev.starling.apiserver.access.rbac;

import org.jspecify.annotations.NullMarked;
