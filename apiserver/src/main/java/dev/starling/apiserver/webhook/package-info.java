/** Servers of others that the API asks: webhooks of admission and conversion, and aggregated APIs. */
@NullMarked
package dev.starling.apiserver.webhook;

import org.jspecify.annotations.NullMarked;
