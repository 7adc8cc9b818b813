/** Groups of the API that other servers answer: where they are, whether they are well, and what they serve. */
@NullMarked
package dev.starling.apiserver.aggregation;

import org.jspecify.annotations.NullMarked;
