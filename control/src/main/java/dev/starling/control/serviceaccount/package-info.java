/** Gives every namespace its default account and the cluster's certificate authority. */
@NullMarked
package dev.starling.control.serviceaccount;

import org.jspecify.annotations.NullMarked;
