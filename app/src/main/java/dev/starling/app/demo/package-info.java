/** The demo: a story told with real tools against a real server. */
@NullMarked
package dev.starling.app.demo;

import org.jspecify.annotations.NullMarked;
