package dev.starling.node.runtime;

/**
 * What cgroups enforce.
 *
 * @param cpuShares weight by the v1 scale, 2 to 262144; 0 leaves the default
 * @param cpuQuotaMicros processor time per period; 0 is unlimited
 * @param cpuPeriodMicros 0 is the default of 100 ms
 * @param memoryBytes 0 is unlimited
 */
public record ResourceLimits(long cpuShares, long cpuQuotaMicros, long cpuPeriodMicros, long memoryBytes) {
    public static final ResourceLimits NONE = new ResourceLimits(0, 0, 0, 0);

    private static final long PERIOD_MICROS = 100_000;
    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    private static final long MIN_QUOTA_MICROS = 1_000;

    public ResourceLimits {
        if (cpuShares < 0 || cpuQuotaMicros < 0 || cpuPeriodMicros < 0 || memoryBytes < 0) {
            throw new IllegalArgumentException("a limit can't be negative");
        }
    }

    /** Requests and limits as the kubelet turns them into cgroup settings; a limit of 0 is none. */
    public static ResourceLimits of(long cpuRequestMillis, long cpuLimitMillis, long memoryLimitBytes) {
        long shares = Math.clamp(cpuRequestMillis * 1024 / 1000, MIN_SHARES, MAX_SHARES);
        long quota = cpuLimitMillis == 0 ? 0 : Math.max(MIN_QUOTA_MICROS, cpuLimitMillis * PERIOD_MICROS / 1000);
        return new ResourceLimits(shares, quota, PERIOD_MICROS, memoryLimitBytes);
    }
}
