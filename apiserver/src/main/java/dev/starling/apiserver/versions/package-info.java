/** Between the versions in which one built-in kind is served. Pure functions of trees. */
@NullMarked
package dev.starling.apiserver.versions;

import org.jspecify.annotations.NullMarked;
