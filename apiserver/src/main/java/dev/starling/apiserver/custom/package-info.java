/**
 * {@code apiextensions.k8s.io}: definitions of custom kinds, and the kinds that they bring, which are served by the
 * very registry that serves the built-in ones.
 */
@NullMarked
package dev.starling.apiserver.custom;

import org.jspecify.annotations.NullMarked;
