"""A user's work with the unmodified Python client of the distribution. One step a line on standard output."""
import datetime
import json
import sys
import time

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException

NAMESPACE = "python"


def step(name):
    print(name, flush=True)


def check(condition, said):
    if not condition:
        raise AssertionError(said)


def refused(status, call):
    try:
        call()
    except ApiException as error:
        check(error.status == status, "%s instead of %s: %s" % (error.status, status, error.body))
        return error
    raise AssertionError("not refused with %s" % status)


def eventually(what, look, limit=60):
    """Awaits that look() is true; the client has no such call of its own."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.1)
    raise AssertionError("not within %s s: %s" % (limit, what))


def config_map(name, labels=None, data=None):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data or {})


def container(name, image):
    return client.V1Container(name=name, image=image, resources=client.V1ResourceRequirements(
        requests={"cpu": "10m", "memory": "16Mi"}))


def prepare():
    core = client.CoreV1Api()
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))
    client.CustomObjectsApi().create_cluster_custom_object(
        "starling.dev", "v1", "fargateprofiles", {
            "apiVersion": "starling.dev/v1", "kind": "FargateProfile", "metadata": {"name": NAMESPACE},
            "spec": {"selectors": [{"namespace": NAMESPACE}]}})
    eventually("the namespace has its service account",
               lambda: core.list_namespaced_service_account(NAMESPACE).items)


def create_read_replace_delete():
    core = client.CoreV1Api()
    made = core.create_namespaced_config_map(NAMESPACE, config_map("one", data={"a": "1"}))
    check(made.metadata.uid and made.metadata.creation_timestamp, made)
    refused(409, lambda: core.create_namespaced_config_map(NAMESPACE, config_map("one")))
    made.data["a"] = "2"
    new = core.replace_namespaced_config_map("one", NAMESPACE, made)
    check(new.data == {"a": "2"} and new.metadata.resource_version != made.metadata.resource_version, new)
    refused(409, lambda: core.replace_namespaced_config_map("one", NAMESPACE, made))
    invalid = refused(422, lambda: core.create_namespaced_config_map(NAMESPACE, config_map("No Name")))
    check("metadata.name" in invalid.body, invalid.body)
    check(core.create_namespaced_config_map(NAMESPACE, config_map("dry"), dry_run="All").metadata.uid, "dry run")
    refused(404, lambda: core.read_namespaced_config_map("dry", NAMESPACE))
    core.delete_namespaced_config_map("one", NAMESPACE)
    refused(404, lambda: core.read_namespaced_config_map("one", NAMESPACE))
    secret = core.create_namespaced_secret(NAMESPACE, client.V1Secret(
        metadata=client.V1ObjectMeta(generate_name="made-"), string_data={"key": "value"}))
    check(secret.metadata.name.startswith("made-") and secret.data == {"key": "dmFsdWU="}, secret)


def list_with_selectors():
    core = client.CoreV1Api()
    for i in range(7):
        core.create_namespaced_config_map(NAMESPACE, config_map("listed-%d" % i, {"set": "listed", "n": str(i)}))

    def names(**how):
        return [item.metadata.name for item in core.list_namespaced_config_map(NAMESPACE, **how).items]

    check(len(names(label_selector="set=listed")) == 7, names())
    check(names(label_selector="set=listed,n in (2,4)") == ["listed-2", "listed-4"], names())
    check(len(names(label_selector="set,n notin (0)")) == 6, names())
    check(names(field_selector="metadata.name=listed-3") == ["listed-3"], names())
    refused(400, lambda: names(label_selector="a==b==c"))
    refused(400, lambda: names(field_selector="data.a=1"))
    page = core.list_namespaced_config_map(NAMESPACE, label_selector="set=listed", limit=3)
    check(len(page.items) == 3, page)
    seen, revision = [item.metadata.name for item in page.items], page.metadata.resource_version
    while page.metadata._continue:
        page = core.list_namespaced_config_map(
            NAMESPACE, label_selector="set=listed", limit=3, _continue=page.metadata._continue)
        check(page.metadata.resource_version == revision, page.metadata)
        seen += [item.metadata.name for item in page.items]
    check(seen == ["listed-%d" % i for i in range(7)], seen)
    check(core.list_config_map_for_all_namespaces(label_selector="set=listed", resource_version="0").items, "all")
    status = core.delete_collection_namespaced_config_map(NAMESPACE, label_selector="set=listed")
    check(not names(label_selector="set=listed"), status)


def watch_and_resume():
    core = client.CoreV1Api()
    start = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    core.create_namespaced_config_map(NAMESPACE, config_map("seen", {"watched": "yes"}))
    core.patch_namespaced_config_map("seen", NAMESPACE, {"data": {"a": "1"}})
    core.delete_namespaced_config_map("seen", NAMESPACE)

    def told(revision, wanted):
        stream, found = watch.Watch(), []
        for event in stream.stream(core.list_namespaced_config_map, NAMESPACE, label_selector="watched=yes",
                                   resource_version=revision, timeout_seconds=30):
            found.append((event["type"], event["object"].metadata.resource_version))
            if len(found) == wanted:
                stream.stop()
        return found

    all_events = told(start, 3)
    check([kind for kind, _ in all_events] == ["ADDED", "MODIFIED", "DELETED"], all_events)
    check(told(all_events[0][1], 2) == all_events[1:], "a watch goes on after what was seen")
    short = watch.Watch()
    began = time.monotonic()
    ended = list(short.stream(core.list_namespaced_config_map, NAMESPACE, label_selector="watched=yes",
                              timeout_seconds=1))
    check(ended == [] and time.monotonic() - began < 20, ended)


def patch_of_every_type():
    core, apps = client.CoreV1Api(), client.AppsV1Api()
    core.create_namespaced_config_map(NAMESPACE, config_map("patched", data={"a": "1", "b": "2"}))
    strategic = core.patch_namespaced_config_map("patched", NAMESPACE, {"data": {"a": None, "c": "3"}})
    check(strategic.data == {"b": "2", "c": "3"}, strategic)
    by_json = core.patch_namespaced_config_map("patched", NAMESPACE, [
        {"op": "test", "path": "/data/b", "value": "2"}, {"op": "replace", "path": "/data/b", "value": "4"}])
    check(by_json.data == {"b": "4", "c": "3"}, by_json)
    refused(422, lambda: core.patch_namespaced_config_map("patched", NAMESPACE, [
        {"op": "test", "path": "/data/b", "value": "9"}]))
    found = dynamic_client().resources.get(api_version="v1", kind="ConfigMap")
    merged = found.patch({"data": {"d": "5"}}, name="patched", namespace=NAMESPACE,
                         content_type="application/merge-patch+json")
    check(merged.to_dict()["data"] == {"b": "4", "c": "3", "d": "5"}, merged)
    apps.create_namespaced_deployment(NAMESPACE, deployment("two", 0))
    both = apps.patch_namespaced_deployment("two", NAMESPACE, {"spec": {"template": {"spec": {"containers": [
        {"name": "second", "image": "busybox"}]}}}})
    check([c.name for c in both.spec.template.spec.containers] == ["second", "web"], both)
    apps.delete_namespaced_deployment("two", NAMESPACE, propagation_policy="Foreground")


def dynamic_client():
    return dynamic.DynamicClient(client.ApiClient())


def use_the_dynamic_client():
    found = dynamic_client()
    maps = found.resources.get(api_version="v1", kind="ConfigMap")
    maps.create({"metadata": {"name": "dynamic"}, "data": {"a": "1"}}, namespace=NAMESPACE)
    check(maps.get(name="dynamic", namespace=NAMESPACE).data.a == "1", "get")
    check(maps.get(namespace=NAMESPACE, field_selector="metadata.name=dynamic").items[0].metadata.name, "list")
    events = maps.watch(namespace=NAMESPACE, field_selector="metadata.name=dynamic", timeout=20)
    check(next(events)["type"] == "ADDED", "watch")
    # This version of the client sends what is applied as it is: as text.
    applied = maps.server_side_apply(
        json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "dynamic"}, "data": {"b": "2"}}),
        name="dynamic", namespace=NAMESPACE, field_manager="python")
    check(applied.to_dict()["data"] == {"a": "1", "b": "2"}, applied)
    maps.delete(name="dynamic", namespace=NAMESPACE)
    profiles = found.resources.get(api_version="starling.dev/v1", kind="FargateProfile")
    check(NAMESPACE in [profile.metadata.name for profile in profiles.get().items], "custom kinds")
    check(found.version["kubernetes"]["gitVersion"].startswith("v1."), found.version)
    check(found.resources.search(kind="Deployment")[0].verbs, "discovery")


def deployment(name, replicas):
    labels = {"app": name}
    return client.V1Deployment(
        metadata=client.V1ObjectMeta(name=name),
        spec=client.V1DeploymentSpec(
            replicas=replicas, selector=client.V1LabelSelector(match_labels=labels),
            template=client.V1PodTemplateSpec(metadata=client.V1ObjectMeta(labels=labels),
                                              spec=client.V1PodSpec(containers=[container("web", "nginx")]))))


def roll_out_and_scale():
    core, apps = client.CoreV1Api(), client.AppsV1Api()
    apps.create_namespaced_deployment(NAMESPACE, deployment("web", 2))

    def rolled_out():
        seen = apps.read_namespaced_deployment_status("web", NAMESPACE)
        status = seen.status
        return (status.observed_generation or 0) >= seen.metadata.generation \
            and status.updated_replicas == seen.spec.replicas == status.available_replicas == status.replicas

    eventually("the deployment is rolled out", rolled_out)
    scale = apps.read_namespaced_deployment_scale("web", NAMESPACE)
    check(scale.spec.replicas == 2 and scale.status.selector == "app=web", scale)
    scale.spec.replicas = 3
    check(apps.replace_namespaced_deployment_scale("web", NAMESPACE, scale).spec.replicas == 3, "replace scale")
    eventually("it is scaled out", rolled_out)
    check(apps.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 1}}).spec.replicas == 1,
          "patch scale")
    eventually("it is scaled in", lambda: len(core.list_namespaced_pod(
        NAMESPACE, label_selector="app=web", field_selector="status.phase=Running").items) == 1)
    apps.delete_namespaced_deployment("web", NAMESPACE, propagation_policy="Foreground")
    eventually("all of it is gone", lambda: not core.list_namespaced_pod(
        NAMESPACE, label_selector="app=web").items)


def read_the_log_of_a_pod():
    core = client.CoreV1Api()
    core.create_namespaced_pod(NAMESPACE, client.V1Pod(
        metadata=client.V1ObjectMeta(name="logged"),
        spec=client.V1PodSpec(containers=[container("main", "busybox")], termination_grace_period_seconds=0)))
    stream = watch.Watch()
    for event in stream.stream(core.list_namespaced_pod, NAMESPACE, field_selector="metadata.name=logged",
                               timeout_seconds=60):
        if event["object"].status.phase == "Running":
            stream.stop()
    check(core.read_namespaced_pod("logged", NAMESPACE).status.phase == "Running", "it runs")
    check(core.read_namespaced_pod_log("logged", NAMESPACE) is not None, "the log")
    core.read_namespaced_pod_log("logged", NAMESPACE, container="main", tail_lines=1, timestamps=True)
    refused(400, lambda: core.read_namespaced_pod_log("logged", NAMESPACE, container="none"))
    check(eventually("its events are told", lambda: core.list_namespaced_event(
        NAMESPACE, field_selector="involvedObject.name=logged").items), "events")
    core.create_namespaced_pod_eviction("logged", NAMESPACE, client.V1Eviction(
        metadata=client.V1ObjectMeta(name="logged", namespace=NAMESPACE)))
    eventually("it is evicted", lambda: not core.list_namespaced_pod(
        NAMESPACE, field_selector="metadata.name=logged").items)


def hold_a_lease():
    leases = client.CoordinationV1Api()
    now = datetime.datetime.now(datetime.timezone.utc)
    made = leases.create_namespaced_lease(NAMESPACE, client.V1Lease(
        metadata=client.V1ObjectMeta(name="leader"),
        spec=client.V1LeaseSpec(holder_identity="a", lease_duration_seconds=15, acquire_time=now, renew_time=now)))
    check(made.spec.renew_time == now, "microseconds are kept: %s %s" % (made.spec.renew_time, now))
    stale = leases.read_namespaced_lease("leader", NAMESPACE)
    made.spec.renew_time = now + datetime.timedelta(seconds=1)
    leases.replace_namespaced_lease("leader", NAMESPACE, made)
    stale.spec.holder_identity = "b"
    refused(409, lambda: leases.replace_namespaced_lease("leader", NAMESPACE, stale))
    check(leases.read_namespaced_lease("leader", NAMESPACE).spec.holder_identity == "a", "the holder stays")


def use_jobs_roles_and_reviews():
    batch, rbac = client.BatchV1Api(), client.RbacAuthorizationV1Api()
    batch.create_namespaced_job(NAMESPACE, client.V1Job(
        metadata=client.V1ObjectMeta(name="job"),
        spec=client.V1JobSpec(suspend=True, template=client.V1PodTemplateSpec(spec=client.V1PodSpec(
            restart_policy="Never", containers=[container("main", "busybox")])))))
    check(batch.read_namespaced_job("job", NAMESPACE).spec.suspend, "job")
    rbac.create_namespaced_role(NAMESPACE, client.V1Role(
        metadata=client.V1ObjectMeta(name="reader"),
        rules=[client.V1PolicyRule(api_groups=[""], resources=["pods"], verbs=["get"])]))
    review = client.AuthorizationV1Api().create_self_subject_access_review(client.V1SelfSubjectAccessReview(
        spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=client.V1ResourceAttributes(
            namespace=NAMESPACE, verb="get", resource="pods"))))
    check(review.status.allowed, review)
    token = client.CoreV1Api().create_namespaced_service_account_token("default", NAMESPACE, client.AuthenticationV1TokenRequest(
        spec=client.V1TokenRequestSpec(audiences=[], expiration_seconds=600)))
    as_account = client.Configuration.get_default_copy()
    as_account.cert_file = as_account.key_file = None
    as_account.api_key = {"authorization": "Bearer " + token.status.token}
    account = client.CoreV1Api(client.ApiClient(as_account))
    refused(403, lambda: account.list_namespaced_secret(NAMESPACE))


WIDGETS = "widgets.python.example.com"


def define_a_resource():
    definitions, objects = client.ApiextensionsV1Api(), client.CustomObjectsApi()
    try:
        definitions.list_custom_resource_definition()
    except ApiException as error:
        check(error.status == 404, error)
        step("custom resources are not served")
        return
    definitions.create_custom_resource_definition({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": WIDGETS},
        "spec": {"group": "python.example.com", "scope": "Namespaced",
                 "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
                 "versions": [{"name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
                               "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                                   "spec": {"type": "object", "required": ["size"], "properties": {
                                       "size": {"type": "integer", "minimum": 1},
                                       "color": {"type": "string", "default": "red"}}},
                                   "status": {"type": "object", "properties": {
                                       "ready": {"type": "boolean"}}}}}}}]}})
    eventually("the definition is established", lambda: [
        c for c in definitions.read_custom_resource_definition(WIDGETS).status.conditions or []
        if c.type == "Established" and c.status == "True"])
    where = ("python.example.com", "v1", NAMESPACE, "widgets")
    made = objects.create_namespaced_custom_object(*where, widget("w", {"size": 3, "unknown": 1}))
    check(made["spec"] == {"size": 3, "color": "red"}, made)
    refused(422, lambda: objects.create_namespaced_custom_object(*where, widget("bad", {"size": 0})))
    made = objects.patch_namespaced_custom_object(*where, "w", {"spec": {"color": "blue"}})
    check(made["spec"]["color"] == "blue" and made["metadata"]["generation"] == 2, made)
    made["status"] = {"ready": True}
    made = objects.replace_namespaced_custom_object_status(*where, "w", made)
    check(made["status"] == {"ready": True} and made["metadata"]["generation"] == 2, made)
    check(len(objects.list_namespaced_custom_object(*where)["items"]) == 1, "list")
    definitions.delete_custom_resource_definition(WIDGETS)
    eventually("it is served no more", lambda: is_gone(lambda: objects.list_namespaced_custom_object(*where)))


def widget(name, spec):
    return {"apiVersion": "python.example.com/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec}


def is_gone(call):
    try:
        call()
    except ApiException as error:
        return error.status == 404
    return False


def take_down():
    core = client.CoreV1Api()
    core.delete_namespace(NAMESPACE)
    client.CustomObjectsApi().delete_cluster_custom_object("starling.dev", "v1", "fargateprofiles", NAMESPACE)
    eventually("the namespace is gone", lambda: is_gone(lambda: core.read_namespace(NAMESPACE)))


def main(kubeconfig):
    config.load_kube_config(kubeconfig)
    for work in (prepare, create_read_replace_delete, list_with_selectors, watch_and_resume, patch_of_every_type,
                 use_the_dynamic_client, roll_out_and_scale, read_the_log_of_a_pod, hold_a_lease,
                 use_jobs_roles_and_reviews, define_a_resource, take_down):
        step(work.__name__)
        work()
    step("done")


main(sys.argv[1])
