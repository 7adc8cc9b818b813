/** eksctl's ClusterConfig, read strictly, and the Fargate profiles that it asks for. Pure. */
@org.jspecify.annotations.NullMarked
package dev.starling.cli.cluster;
