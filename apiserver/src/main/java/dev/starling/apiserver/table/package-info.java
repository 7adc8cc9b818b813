/** Collections as tables, with the columns that kubectl shows for each kind. Pure functions of objects and time. */
@NullMarked
package dev.starling.apiserver.table;

import org.jspecify.annotations.NullMarked;
