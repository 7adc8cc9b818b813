/**
 * Expressions of users in CEL: compiled against declared variables, and evaluated within a budget. The library behind
 * it is loaded when the first expression is compiled, and shows nowhere.
 */
@NullMarked
package dev.starling.apiserver.cel;

import org.jspecify.annotations.NullMarked;
