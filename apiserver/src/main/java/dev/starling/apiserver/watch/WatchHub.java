package dev.starling.apiserver.watch;

import dev.starling.kube.object.KubeObject;
import dev.starling.store.RevisionStore;
import java.time.InstantSource;

/** Serves watches from one bounded ring of changes per resource type. */
public final class WatchHub {

    public WatchHub(RevisionStore<KubeObject> store, WatchSettings settings, InstantSource clock) {
    }
}
