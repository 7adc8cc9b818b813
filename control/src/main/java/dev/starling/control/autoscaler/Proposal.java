package dev.starling.control.autoscaler;

import dev.starling.kube.json.JsonObject;

/**
 * How many replicas one metric asks for.
 *
 * @param words what the metric is called
 * @param current its entry in the status
 */
record Proposal(int replicas, String words, JsonObject current) {
}
