/** The audit log: which requests are recorded how, and the file that they go to. */
@NullMarked
package dev.starling.apiserver.audit;

import org.jspecify.annotations.NullMarked;
