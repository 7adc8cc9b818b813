package dev.starling.apiserver.registry;

import dev.starling.kube.object.KubeObject;
import dev.starling.store.Codec;

/** Stores objects as their JSON text. Decoding is lazy: bytes become a tree when somebody looks inside. */
public final class ObjectCodec implements Codec<KubeObject> {

    @Override
    public byte[] encode(KubeObject object) {
        return object.bytes();
    }

    @Override
    public KubeObject decode(byte[] bytes) {
        return KubeObject.encoded(bytes);
    }
}
