package dev.starling.apiserver.registry;

/** Something that the API serves under a type of its own. */
public sealed interface Resource permits Kind, ComputedResource, Redirect, Review {

    /** As routes, discovery and the API documents know it. */
    ServedResource served();
}
