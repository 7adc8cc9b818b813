package dev.starling.node.agent;

import dev.starling.node.runtime.ContainerRuntime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A runtime some of whose calls do something else first, such as failing. */
final class Faults {
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private final List<String> calls = new ArrayList<>(); // guarded by itself

    ContainerRuntime around(ContainerRuntime real) {
        return (ContainerRuntime) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {ContainerRuntime.class}, (proxy, method, arguments) -> call(real, method, arguments));
    }

    private Object call(ContainerRuntime real, Method method, Object[] arguments) throws Throwable {
        synchronized (calls) {
            calls.add(method.getName() + (arguments == null ? "" : " " + arguments[0]));
        }
        before.getOrDefault(method.getName(), () -> { }).run();
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** From now on each call of this name is preceded by this, which may throw. */
    void before(String method, Runnable action) {
        before.put(method, action);
    }

    void heal() {
        before.clear();
    }

    /** The calls so far: the name, and the first argument. */
    List<String> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }
}
