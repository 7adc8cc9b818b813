/** YAML 1.2 to and from the JSON tree; the only code that knows the YAML library. */
@NullMarked
package dev.starling.kube.yaml;

import org.jspecify.annotations.NullMarked;
