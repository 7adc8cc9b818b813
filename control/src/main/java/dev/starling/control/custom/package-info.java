/** Custom kinds, as controllers that look after objects of every kind follow them. */
@NullMarked
package dev.starling.control.custom;

import org.jspecify.annotations.NullMarked;
