/** The Pod Security Standards, as the labels of namespaces ask for them. */
@NullMarked
package dev.starling.apiserver.admission.security;

import org.jspecify.annotations.NullMarked;
