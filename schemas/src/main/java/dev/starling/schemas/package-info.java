/**
 * Turns a published model library and the project's tables of facts into the schema resources that the API server
 * reads. It runs in the build only: nothing here, and nothing of the library, is on the class path of the product.
 */
@org.jspecify.annotations.NullMarked
package dev.starling.schemas;
