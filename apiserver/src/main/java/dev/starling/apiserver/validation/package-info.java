/**
 * What upstream refuses of a well-formed object of a built-in kind, and of a change to one, in its words. Pure
 * functions over decoded and defaulted objects; names of objects are the registry's own check.
 */
@NullMarked
package dev.starling.apiserver.validation;

import org.jspecify.annotations.NullMarked;
