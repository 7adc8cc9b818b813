/** Priority and fairness: which flow a request belongs to, how many seats its level has, and who waits for one. */
@NullMarked
package dev.starling.apiserver.fairness;

import org.jspecify.annotations.NullMarked;
