// A user's work with the unmodified JavaScript client. One step a line on standard output.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import * as k8s from '@kubernetes/client-node';

const namespace = 'javascript';
const config = new k8s.KubeConfig();
config.loadFromFile(process.argv[2]);
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);
const custom = config.makeApiClient(k8s.CustomObjectsApi);
const objects = k8s.KubernetesObjectApi.makeApiClient(config);

async function refused(code, call) {
    const error = await call.then(() => assert.fail(`not refused with ${code}`), (reason) => reason);
    assert.equal(error.code, code, String(error));
    return error;
}

// Awaits that look() is true.
async function eventually(what, look, limitMs = 60_000) {
    const end = Date.now() + limitMs;
    while (Date.now() < end) {
        if (await look()) {
            return;
        }
        await pause(100);
    }
    assert.fail(`not within ${limitMs} ms: ${what}`);
}

function configMap(name, data = {}, labels = {}) {
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data };
}

async function prepare() {
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await custom.createClusterCustomObject({
        group: 'starling.dev', version: 'v1', plural: 'fargateprofiles',
        body: {
            apiVersion: 'starling.dev/v1', kind: 'FargateProfile', metadata: { name: namespace },
            spec: { selectors: [{ namespace }] },
        },
    });
    await eventually('the namespace has its service account', async () =>
        (await core.listNamespacedServiceAccount({ namespace })).items.length > 0);
}

async function createReadReplaceDelete() {
    const made = await core.createNamespacedConfigMap({ namespace, body: configMap('one', { a: '1' }) });
    assert.ok(made.metadata.uid && made.metadata.creationTimestamp instanceof Date);
    await refused(409, core.createNamespacedConfigMap({ namespace, body: configMap('one') }));
    await refused(422, core.createNamespacedConfigMap({ namespace, body: configMap('No Name') }));
    const body = { ...made, data: { a: '2' } };
    const replaced = await core.replaceNamespacedConfigMap({ namespace, name: 'one', body });
    assert.deepEqual(replaced.data, { a: '2' });
    await refused(409, core.replaceNamespacedConfigMap({ namespace, name: 'one', body }));
    await core.createNamespacedConfigMap({ namespace, body: configMap('dry'), dryRun: 'All' });
    await refused(404, core.readNamespacedConfigMap({ namespace, name: 'dry' }));
    await core.deleteNamespacedConfigMap({ namespace, name: 'one' });
    await refused(404, core.readNamespacedConfigMap({ namespace, name: 'one' }));
}

async function listWithSelectorsAndPages() {
    for (let i = 0; i < 5; i++) {
        await core.createNamespacedConfigMap({ namespace, body: configMap(`listed-${i}`, {}, { set: 'listed' }) });
    }
    const labelSelector = 'set=listed';
    const names = [];
    let page = await core.listNamespacedConfigMap({ namespace, labelSelector, limit: 2 });
    for (;;) {
        names.push(...page.items.map((item) => item.metadata.name));
        if (!page.metadata._continue) {
            break;
        }
        page = await core.listNamespacedConfigMap(
            { namespace, labelSelector, limit: 2, _continue: page.metadata._continue });
    }
    assert.deepEqual(names, [0, 1, 2, 3, 4].map((i) => `listed-${i}`));
    const one = await core.listNamespacedConfigMap({ namespace, fieldSelector: 'metadata.name=listed-3' });
    assert.equal(one.items.length, 1);
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector });
    assert.equal((await core.listNamespacedConfigMap({ namespace, labelSelector })).items.length, 0);
}

async function watchAndResume() {
    const start = (await core.listNamespacedConfigMap({ namespace })).metadata.resourceVersion;
    await core.createNamespacedConfigMap({ namespace, body: configMap('seen', {}, { watched: 'yes' }) });
    await core.patchNamespacedConfigMap(
        { namespace, name: 'seen', body: { data: { a: '1' } } }, merging(k8s.PatchStrategy.MergePatch));
    await core.deleteNamespacedConfigMap({ namespace, name: 'seen' });
    const all = await told(start, 3);
    assert.deepEqual(all.map((event) => event.phase), ['ADDED', 'MODIFIED', 'DELETED']);
    assert.deepEqual(await told(all[0].revision, 2), all.slice(1));
}

async function told(resourceVersion, wanted) {
    const events = [];
    const enough = Promise.withResolvers ? Promise.withResolvers() : resolvers();
    const request = await new k8s.Watch(config).watch(`/api/v1/namespaces/${namespace}/configmaps`,
        { resourceVersion, labelSelector: 'watched=yes', allowWatchBookmarks: true }, (phase, object) => {
            if (phase !== 'BOOKMARK') {
                events.push({ phase, revision: object.metadata.resourceVersion });
            }
            if (events.length === wanted) {
                enough.resolve();
            }
        }, (error) => enough.reject(error ?? new Error('the watch ended early')));
    await enough.promise;
    request.abort();
    return events;
}

function resolvers() {
    const made = {};
    made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
    return made;
}

function merging(strategy) {
    return k8s.setHeaderOptions('Content-Type', strategy);
}

async function patchOfEveryType() {
    const { JsonPatch, MergePatch, StrategicMergePatch } = k8s.PatchStrategy;
    await core.createNamespacedConfigMap({ namespace, body: configMap('patched', { a: '1', b: '2' }) });
    const named = { namespace, name: 'patched' };
    const byJson = await core.patchNamespacedConfigMap(
        { ...named, body: [{ op: 'replace', path: '/data/a', value: '3' }] }, merging(JsonPatch));
    assert.deepEqual(byJson.data, { a: '3', b: '2' });
    await refused(422, core.patchNamespacedConfigMap(
        { ...named, body: [{ op: 'test', path: '/data/a', value: '9' }] }, merging(JsonPatch)));
    const merged = await core.patchNamespacedConfigMap({ ...named, body: { data: { a: null } } }, merging(MergePatch));
    assert.deepEqual(merged.data, { b: '2' });
    await apps.createNamespacedDeployment({ namespace, body: deployment('two', 0) });
    const both = await apps.patchNamespacedDeployment({
        namespace, name: 'two',
        body: { spec: { template: { spec: { containers: [{ name: 'second', image: 'busybox' }] } } } },
    }, merging(StrategicMergePatch));
    assert.deepEqual(both.spec.template.spec.containers.map((container) => container.name), ['second', 'web']);
    await apps.deleteNamespacedDeployment({ namespace, name: 'two' });
}

async function applyFromTheServersSide() {
    const { ServerSideApply } = k8s.PatchStrategy;
    const apply = (data, manager, force) => objects.patch(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace }, data },
        undefined, undefined, manager, force, ServerSideApply);
    await apply({ a: '1', b: '1' }, 'first', false);
    const conflict = await refused(409, apply({ a: '2' }, 'second', false));
    assert.match(String(conflict.body ?? conflict), /FieldManagerConflict/);
    const forced = await apply({ a: '2' }, 'second', true);
    assert.deepEqual(forced.data, { a: '2', b: '1' });
    const less = await apply({}, 'first', false);
    assert.deepEqual(less.data, { a: '2' });
    assert.deepEqual(less.metadata.managedFields.map((entry) => entry.operation), ['Apply']
        .concat(less.metadata.managedFields.length > 1 ? ['Apply'] : []));
}

async function informOfChanges() {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const labelSelector = 'informed=yes';
    const informer = k8s.makeInformer(config, path,
        () => core.listNamespacedConfigMap({ namespace, labelSelector }), labelSelector);
    const seen = [];
    for (const verb of ['add', 'update', 'delete']) {
        informer.on(verb, (object) => seen.push(`${verb} ${object.metadata.name}`));
    }
    await core.createNamespacedConfigMap({ namespace, body: configMap('before', {}, { informed: 'yes' }) });
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: configMap('after', {}, { informed: 'yes' }) });
    await eventually('both are seen', () => seen.length >= 2);
    await core.patchNamespacedConfigMap(
        { namespace, name: 'after', body: { data: { a: '1' } } }, merging(k8s.PatchStrategy.MergePatch));
    await eventually('the change is seen', () => seen.length >= 3);
    await core.deleteNamespacedConfigMap({ namespace, name: 'before' });
    await eventually('the deletion is seen', () => seen.length >= 4);
    assert.deepEqual(seen, ['add before', 'add after', 'update after', 'delete before']);
    assert.deepEqual(informer.list(namespace).map((object) => object.metadata.name), ['after']);
    await informer.stop();
}

function deployment(name, replicas) {
    return {
        metadata: { name },
        spec: {
            replicas, selector: { matchLabels: { app: name } },
            template: {
                metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'nginx' }] },
            },
        },
    };
}

async function rollOutAndScale() {
    await apps.createNamespacedDeployment({ namespace, body: deployment('web', 2) });
    const available = async () => (await apps.readNamespacedDeployment({ namespace, name: 'web' })).status;
    await eventually('it is rolled out', async () => (await available()).availableReplicas === 2);
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'web' });
    scale.spec.replicas = 1;
    await apps.replaceNamespacedDeploymentScale({ namespace, name: 'web', body: scale });
    await eventually('it is scaled in', async () => (await available()).replicas === 1);
    const pods = await core.listNamespacedPod({ namespace, labelSelector: 'app=web' });
    const running = pods.items.find((pod) => pod.status.phase === 'Running');
    await core.readNamespacedPodLog({ namespace, name: running.metadata.name });
    await apps.deleteNamespacedDeployment({ namespace, name: 'web', propagationPolicy: 'Foreground' });
}

async function useObjectsOfAnyKind() {
    const made = await objects.create(configMap('any', { a: '1' }));
    assert.equal((await objects.read(made)).data.a, '1');
    made.data.a = '2';
    assert.equal((await objects.replace(made)).data.a, '2');
    const all = await objects.list('v1', 'ConfigMap', namespace);
    assert.ok(all.items.some((item) => item.metadata.name === 'any'));
    await objects.delete(made);
    const version = await config.makeApiClient(k8s.VersionApi).getCode();
    assert.equal(version.major, '1');
}

async function takeDown() {
    await custom.deleteClusterCustomObject(
        { group: 'starling.dev', version: 'v1', plural: 'fargateprofiles', name: namespace });
    await core.deleteNamespace({ name: namespace });
    await eventually('the namespace is gone', () =>
        core.readNamespace({ name: namespace }).then(() => false, (error) => error.code === 404));
}

for (const work of [prepare, createReadReplaceDelete, listWithSelectorsAndPages, watchAndResume, patchOfEveryType,
    applyFromTheServersSide, informOfChanges, rollOutAndScale, useObjectsOfAnyKind, takeDown]) {
    console.log(work.name);
    await work();
}
console.log('done');
