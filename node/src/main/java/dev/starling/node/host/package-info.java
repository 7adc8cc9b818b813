/** What is done to the machine itself: processes, namespaces, cgroups, links, routes, firewall tables, mounts. */
@NullMarked
package dev.starling.node.host;

import org.jspecify.annotations.NullMarked;
