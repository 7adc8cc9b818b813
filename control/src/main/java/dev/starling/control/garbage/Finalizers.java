package dev.starling.control.garbage;

import dev.starling.kube.object.KubeObject;

/** The two finalizers by which a deletion asks the garbage collector for work before the object goes. */
final class Finalizers {
    /** What is owned is let go first. */
    static final String ORPHAN = "orphan";
    /** What is owned is deleted first. */
    static final String FOREGROUND = "foregroundDeletion";

    private Finalizers() {
    }

    static boolean orphans(KubeObject object) {
        return object.deleting() && object.finalizers().contains(ORPHAN);
    }

    static boolean waits(KubeObject object) {
        return object.deleting() && object.finalizers().contains(FOREGROUND);
    }
}
