package dev.starling.kube.metric;

import java.util.List;

/** Something that can be measured; asked on any thread, and must answer quickly. */
public interface MetricSource {

    List<Metric> metrics();
}
