package dev.starling.control.statefulset;

import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import java.util.List;

/** One thing that a StatefulSet needs done. */
sealed interface Act {

    /** Make a pod, after those of its claims that are missing. */
    record Create(KubeObject pod, List<KubeObject> claims) implements Act {
        public Create {
            claims = List.copyOf(claims);
        }
    }

    /** Make claims that a pod waits for. */
    record Supply(KubeObject pod, List<KubeObject> claims) implements Act {
        public Supply {
            claims = List.copyOf(claims);
        }
    }

    record Delete(KubeObject pod) implements Act {
    }

    /** Give a pod the labels of its place. */
    record Identify(KubeObject pod, JsonObject labels) implements Act {
    }

    /** Hand a claim over to those who take it along. */
    record Hand(KubeObject claim, JsonArray owners) implements Act {
    }
}
