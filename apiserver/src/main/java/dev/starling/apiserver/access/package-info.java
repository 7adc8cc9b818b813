/** Who asks, and may they: certificates, service-account tokens, authentication and authorization. */
@NullMarked
package dev.starling.apiserver.access;

import org.jspecify.annotations.NullMarked;
