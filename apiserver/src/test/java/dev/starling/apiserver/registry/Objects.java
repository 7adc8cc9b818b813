package dev.starling.apiserver.registry;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.KubeObject;
import java.nio.charset.StandardCharsets;

/** Short ways to write objects in tests. */
public final class Objects {
    private Objects() {
    }

    /** An object from JSON with single quotes for double ones. */
    public static KubeObject object(String json) {
        return KubeObject.of(json(json));
    }

    public static JsonObject json(String json) {
        return JsonReader.readObject(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    public static KubeObject configMap(String name) {
        return object("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" + name + "'},'data':{'a':'1'}}");
    }

    public static KubeObject pod(String name) {
        return object("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" + name
                + "'},'spec':{'containers':[{'name':'main','image':'nginx:1'}]}}");
    }

    public static KubeObject deployment(String name) {
        return object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'" + name + "'},'spec':{"
                + "'selector':{'matchLabels':{'app':'x'}},'template':{'metadata':{'labels':{'app':'x'}},"
                + "'spec':{'containers':[{'name':'main','image':'nginx:1'}]}}}}");
    }

    public static KubeObject namespace(String name) {
        return object("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'" + name + "'}}");
    }
}
