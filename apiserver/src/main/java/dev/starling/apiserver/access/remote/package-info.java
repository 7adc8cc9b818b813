/** Judges and providers of identity that run elsewhere: an authorization webhook, OpenID Connect. */
@NullMarked
package dev.starling.apiserver.access.remote;

import org.jspecify.annotations.NullMarked;
