/** The stations that every write passes: defaults, limits, quotas, security standards, webhooks and policies. */
@NullMarked
package dev.starling.apiserver.admission;

import org.jspecify.annotations.NullMarked;
