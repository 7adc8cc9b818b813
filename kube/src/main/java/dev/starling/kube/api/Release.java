package dev.starling.kube.api;

/** The version that every part of this product tells: that of Kubernetes whose API is spoken, and its own. */
public final class Release {
    /** The minor version of Kubernetes. */
    public static final String KUBERNETES = "1.34";
    public static final String VERSION = "v" + KUBERNETES + ".0+starling.0.1.0";

    private Release() {
    }
}
