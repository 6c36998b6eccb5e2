"""The Kustomize files: built, held to schemas, and to the compose file and the code."""

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml  # type: ignore[import-untyped]

from deploy import kubernetes, secret_files
from deploy.secret_files import ROOT, SOURCES
from platform_cli.registry import PROCESSES
from tests.architecture.test_documents import variables_of_the_code
from tests.deploy.custom_resources import SHAPES
from tooling.kubectl import find_kubectl

OVERLAYS = ("small", "large")
OLDEST = "1.30"
"""Of Kubernetes: from here on a pod may sleep before it ends."""
VERSIONS = (OLDEST, "1.34")
ALSO_WATCHED = re.compile(r"ORE_[A-Z]+_(?:DATABASE|MIGRATION)_URL")
FRONTS = {"front", "proxy"}
"""Before several gateways: on a cluster their Service and the Ingress."""
EXCEPT_MADE_ELSEWHERE = {"gateway-tls"}
"""The certificate: by cert-manager or by hand."""

Manifest = dict[str, Any]


@cache
def built(overlay: str) -> tuple[Manifest, ...]:
    folder = "tools" if overlay == "tools" else f"overlays/{overlay}"
    done = subprocess.run(
        [find_kubectl(), "kustomize", f"deploy/k8s/{folder}"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # what is deprecated is said there
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(overlay: str, *kinds: str) -> list[Manifest]:
    return [found for found in built(overlay) if found["kind"] in kinds]


def named(overlay: str, kind: str, name: str) -> Manifest:
    (found,) = (m for m in of_kind(overlay, kind) if m["metadata"]["name"] == name)
    return found


def workloads(overlay: str) -> list[Manifest]:
    found = of_kind(overlay, "Deployment", "Job")
    assert found
    return found


def pod(workload: Manifest) -> Manifest:
    return workload["spec"]["template"]["spec"]


def containers(workload: Manifest) -> list[Manifest]:
    return [*pod(workload).get("initContainers", []), *pod(workload)["containers"]]


def compose() -> Manifest:
    """Without what is started only when somebody asks for it."""
    whole = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    services = {name: s for name, s in whole["services"].items() if "profiles" not in s}
    return {**whole, "services": services}


def every_value(tree: Any, *keys: str) -> Iterator[Any]:
    """The values of these keys, wherever they stand."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key in keys:
                yield value
            yield from every_value(value, *keys)
    elif isinstance(tree, list):
        for item in tree:
            yield from every_value(item, *keys)


def made_secrets() -> dict[str, Manifest]:
    made = kubernetes.secrets(secret_files.make())
    return {secret["metadata"]["name"]: secret for secret in made}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_kubernetes_knows_is_valid_and_has_no_unknown_field(overlay, version):
    for manifest in built(overlay):
        if (manifest["apiVersion"], manifest["kind"]) not in SHAPES:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_operators_know_has_the_form_that_they_take(overlay):
    for manifest in built(overlay):
        shape = SHAPES.get((manifest["apiVersion"], manifest["kind"]))
        if shape is not None:
            jsonschema.validate(manifest, shape)


def test_the_secrets_that_are_made_are_valid():
    for secret in made_secrets().values():
        kubernetes_validate.validate(secret, OLDEST, strict=True)


def test_the_operators_pod_is_valid_and_closed_up_and_reaches_every_database():
    (manifest,) = built("tools")
    (container,) = manifest["spec"]["containers"]
    kubernetes_validate.validate(manifest, OLDEST, strict=True)
    assert manifest["spec"]["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True

    given = {entry["name"]: entry["value"] for entry in container["env"]}
    kinds = ("DATABASE", "MIGRATION")
    urls = {f"ORE_{name.upper()}_{kind}_URL_FILE" for name in SOURCES for kind in kinds}
    assert set(given) == urls | {"ORE_BROKER_URL_FILE"}

    made = made_secrets()
    mounted = {
        key
        for source in every_value(manifest["spec"]["volumes"], "secret")
        for key in made[source["name"]]["data"]
    }
    assert {value.rpartition("/")[2] for value in given.values()} <= mounted


def test_the_pod_inside_the_brokers_resource_is_valid():
    for overlay in OVERLAYS:
        spec = named(overlay, "RabbitmqCluster", "rabbitmq")["spec"]
        template = spec["override"]["statefulSet"]["spec"]["template"]["spec"]
        affinity = {"affinity": spec["affinity"]} if "affinity" in spec else {}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "rabbitmq"}}
        pod["spec"] = {**template, **affinity}
        kubernetes_validate.validate(pod, OLDEST, strict=True)


def test_the_behaviour_inside_a_scaled_object_is_valid():
    for scaled in of_kind("large", "ScaledObject"):
        behavior = scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gateway"}
        spec = {"scaleTargetRef": target, "maxReplicas": 2, "behavior": behavior}
        head = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler"}
        kubernetes_validate.validate({**head, "metadata": {"name": "x"}, "spec": spec}, OLDEST)


@pytest.mark.parametrize("spoil", ["a misspelt field", "a wrong type", "an unknown trigger"])
def test_the_checks_are_sharp(spoil):
    manifest = json.loads(json.dumps(named("large", "ScaledObject", "hdr")))
    if spoil == "a misspelt field":
        manifest["spec"]["minReplicas"] = 2
    elif spoil == "a wrong type":
        manifest["spec"]["maxReplicaCount"] = "6"
    else:
        manifest["spec"]["triggers"][0]["metadata"]["queueLenght"] = "20"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest, SHAPES["keda.sh/v1alpha1", "ScaledObject"])

    deployment = json.loads(json.dumps(named("large", "Deployment", "hdr")))
    deployment["spec"]["template"]["spec"]["terminationGracePeriod"] = 1
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, OLDEST, strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_same_components_run_as_in_the_compose_file(overlay):
    services = {"postgres", "rabbitmq"} | (FRONTS & compose()["services"].keys())
    services |= {workload["metadata"]["name"] for workload in workloads(overlay)}

    assert services == set(compose()["services"])
    assert {d["metadata"]["name"] for d in of_kind(overlay, "Deployment")} == set(PROCESSES)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_images_and_commands_are_those_of_the_compose_file(overlay):
    services = compose()["services"]
    for workload in workloads(overlay):
        service = services[workload["metadata"]["name"]]
        container = pod(workload)["containers"][0]
        image = re.sub(r".*/ore/", "ore-", container["image"]).partition(":")[0]
        assert image == service["image"].partition(":")[0]
        assert container["args"] == service["command"]
        assert container.get("command") == service.get("entrypoint")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_memory_and_processors_are_limited_as_in_the_compose_file(overlay):
    services = compose()["services"]
    for workload in workloads(overlay):
        service = services[workload["metadata"]["name"]]
        limits = pod(workload)["containers"][0]["resources"]["limits"]
        assert limits["memory"] == service["mem_limit"].replace("m", "Mi")
        assert float(limits["cpu"]) == service["cpus"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_servers_have_the_images_that_were_tested(overlay):
    services = compose()["services"]
    broker = named(overlay, "RabbitmqCluster", "rabbitmq")["spec"]["image"]
    database = named(overlay, "Cluster", "ore-postgres")["spec"]["imageName"]

    assert broker == services["rabbitmq"]["image"]
    assert database.partition(":")[2] == services["postgres"]["image"].partition(":")[2]


def variables(overlay: str, workload: Manifest) -> dict[str, str]:
    """What the process of a pod is given, settings of ConfigMaps included."""
    given: dict[str, str] = {}
    container = pod(workload)["containers"][0]
    for source in container.get("envFrom", []):
        given |= named(overlay, "ConfigMap", source["configMapRef"]["name"])["data"]
    return given | {entry["name"]: entry["value"] for entry in container["env"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_variable_is_one_that_the_code_asks_for(overlay):
    known = variables_of_the_code()
    for workload in workloads(overlay):
        for name in variables(overlay, workload):
            asked = name.removesuffix("_FILE")
            assert asked in known or ALSO_WATCHED.fullmatch(asked), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_variable_of_the_compose_file_is_given_and_no_other(overlay):
    services = compose()["services"]
    for workload in workloads(overlay):
        service = services[workload["metadata"]["name"]]
        assert variables(overlay, workload).keys() >= service["environment"].keys()
        surplus = variables(overlay, workload).keys() - service["environment"].keys()
        assert surplus <= {"ORE_ALLOW_BACKDATING"}, workload["metadata"]["name"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_secret_is_made_from_the_secret_files_and_none_is_made_in_vain(overlay):
    made = made_secrets()
    used = {
        reference["name"] if isinstance(reference, dict) else reference
        for manifest in built(overlay)
        for key in ("secret", "secretName", "secretKeyRef", "passwordSecret")
        for reference in every_value(manifest, key)
        if isinstance(reference, str) or "name" in reference
    }

    assert used - EXCEPT_MADE_ELSEWHERE == set(made)
    assert of_kind(overlay, "Secret") == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_process_finds_each_file_that_its_variables_name(overlay):
    made = made_secrets()
    for workload in workloads(overlay):
        volumes = {volume["name"]: volume for volume in pod(workload)["volumes"]}
        container = pod(workload)["containers"][0]
        there: set[str] = set()
        for mount in container["volumeMounts"]:
            for name in every_value(volumes[mount["name"]], "secretName"):
                there |= {f"{mount['mountPath']}/{key}" for key in made[name]["data"]}
            for source in every_value(volumes[mount["name"]], "secret"):
                keys = made[source["name"]]["data"] if "name" in source else ()
                there |= {f"{mount['mountPath']}/{key}" for key in keys}
        wanted = {
            value for name, value in variables(overlay, workload).items() if name.endswith("_FILE")
        }
        assert wanted == there, workload["metadata"]["name"]


def test_keda_reads_the_queue_that_a_service_answers_with_that_services_own_user():
    made = made_secrets()
    for scaled in of_kind("large", "ScaledObject"):
        name = scaled["metadata"]["name"]
        for trigger in scaled["spec"]["triggers"]:
            if trigger["type"] != "rabbitmq":
                continue
            queue = trigger["metadata"]["queueName"]
            assert re.fullmatch(secret_files.permissions(name)["read"], queue)
            authentication = named(
                "large", "TriggerAuthentication", trigger["authenticationRef"]["name"]
            )
            (reference,) = authentication["spec"]["secretTargetRef"]
            assert reference["name"] == name
            assert reference["key"] in made[name]["data"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_roles_and_databases_are_those_of_the_secret_files(overlay):
    made = made_secrets()
    cluster = named(overlay, "Cluster", "ore-postgres")
    roles = {r["name"]: r["passwordSecret"]["name"] for r in cluster["spec"]["managed"]["roles"]}

    assert roles == {
        base64.b64decode(secret["data"]["username"]).decode(): name
        for name, secret in made.items()
        if secret["type"] == "kubernetes.io/basic-auth"
    }
    databases = {d["spec"]["name"]: d["spec"]["owner"] for d in of_kind(overlay, "Database")}
    assert databases == {name: f"{name}_owner" for name in SOURCES}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_servers_have_the_names_that_are_in_the_secrets(overlay):
    texts = secret_files.make()
    (service,) = named(overlay, "Cluster", "ore-postgres")["spec"]["managed"]["services"][
        "additional"
    ]

    assert f"@{service['serviceTemplate']['metadata']['name']}:5432/" in texts["hdr-database-url"]
    assert "@rabbitmq:5672/" in texts["hdr-broker-url"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_broker_imports_the_definitions_that_are_mounted(overlay):
    spec = named(overlay, "RabbitmqCluster", "rabbitmq")["spec"]
    template = spec["override"]["statefulSet"]["spec"]["template"]["spec"]
    (mount,) = template["containers"][0]["volumeMounts"]
    (volume,) = template["volumes"]
    (key,) = made_secrets()[volume["secret"]["secretName"]]["data"]

    assert mount["name"] == volume["name"]
    assert (
        f"load_definitions = {mount['mountPath']}/{key}\n" in spec["rabbitmq"]["additionalConfig"]
    )


def test_what_is_made_from_elsewhere_is_as_it_would_be_made_now():
    """`make kubernetes-files` mends it."""
    stale = [str(p) for p, text in kubernetes.files().items() if p.read_text("utf-8") != text]

    assert stale == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_container_of_ours_is_closed_up(overlay):
    for workload in workloads(overlay):
        name = workload["metadata"]["name"]
        assert pod(workload)["securityContext"]["runAsNonRoot"] is True, name
        assert pod(workload)["securityContext"]["runAsUser"] == 10001, name
        assert pod(workload)["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod(workload)["automountServiceAccountToken"] is False, name
        for container in containers(workload):
            closed = container["securityContext"]
            assert closed["readOnlyRootFilesystem"] is True, name
            assert closed["allowPrivilegeEscalation"] is False, name
            assert closed["capabilities"] == {"drop": ["ALL"]}, name
            assert set(container["resources"]) == {"requests", "limits"}, name


def test_the_user_is_the_images():
    assert "\nUSER 10001:10001\n" in (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_probes_ask_pages_that_the_process_has(overlay):
    watching = (ROOT / "platform_cli" / "watching.py").read_text("utf-8")
    watched = set(re.findall(r'path == "([^"]+)"', watching))
    rules = (ROOT / "services/gateway/blueprints/health.py").read_text("utf-8")
    pages = set(re.findall(r'blueprint\.get\("([^"]+)"\)', rules))
    for deployment in of_kind(overlay, "Deployment"):
        name = deployment["metadata"]["name"]
        (container,) = pod(deployment)["containers"]
        (port,) = container["ports"]
        given = variables(overlay, deployment)
        assert port["name"] == "http"
        expected = given.get("ORE_METRICS_PORT") or given["ORE_GATEWAY_BIND"].partition(":")[2]
        assert port["containerPort"] == int(expected), name
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            asked = container[kind]["httpGet"]
            assert asked["port"] == "http"
            path, _, query = asked["path"].partition("?")
            assert path in (pages if name == "gateway" else watched), name
            is_ready_alone = name == "gateway" and kind == "readinessProbe"
            assert query == ("only=gateway" if is_ready_alone else ""), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_process_has_the_time_to_finish_that_it_takes(overlay):
    serving = (ROOT / "platform_cli" / "serving.py").read_text("utf-8")
    (graceful,) = re.findall(r"--graceful-timeout=(\d+)", serving)
    for deployment in of_kind(overlay, "Deployment"):
        grace = pod(deployment)["terminationGracePeriodSeconds"]
        (container,) = pod(deployment)["containers"]
        before = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {"seconds": 0})
        assert grace >= before["seconds"] + int(graceful) + 10


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_process_has_a_disruption_budget_that_lets_nodes_be_emptied(overlay):
    budgets = {
        budget["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"]: budget
        for budget in of_kind(overlay, "PodDisruptionBudget")
    }

    assert set(budgets) == set(PROCESSES)
    assert {budget["spec"]["maxUnavailable"] for budget in budgets.values()} == {1}


def test_only_the_large_one_scales_and_nobody_counts_its_replicas_twice():
    scaled = {
        s["spec"]["scaleTargetRef"]["name"]: s["spec"] for s in of_kind("large", "ScaledObject")
    }

    assert of_kind("small", "ScaledObject") == []
    assert set(scaled) == set(PROCESSES) - {"projector"}
    assert {spec["minReplicaCount"] >= 2 for spec in scaled.values()} == {True}
    for deployment in of_kind("large", "Deployment"):
        is_counted = "replicas" in deployment["spec"]
        assert is_counted is (deployment["metadata"]["name"] not in scaled)


def test_prometheus_scrapes_every_process_and_both_servers():
    monitors = of_kind("large", "PodMonitor", "ServiceMonitor")
    (expression,) = next(
        m["spec"]["selector"]["matchExpressions"]
        for m in monitors
        if m["metadata"]["name"] == "processes"
    )

    assert set(expression["values"]) == set(PROCESSES)
    assert {m["metadata"]["name"] for m in monitors} == {"processes", "rabbitmq", "postgres"}


def policy(overlay: str, name: str) -> Manifest:
    return named(overlay, "NetworkPolicy", name)["spec"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nobody_may_speak_to_anybody_by_default(overlay):
    assert policy(overlay, "nobody") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_databases_and_broker_are_reached_by_those_who_need_them(overlay):
    """As in the compose file's networks."""
    services = compose()["services"]
    for workload in workloads(overlay):
        labels = workload["spec"]["template"]["metadata"]["labels"]
        networks = services[workload["metadata"]["name"]]["networks"]
        assert ("ore/database" in labels) is ("database" in networks)
        assert ("ore/broker" in labels) is ("broker" in networks)
    for server, label in (("postgres", "ore/database"), ("rabbitmq", "ore/broker")):
        first = policy(overlay, server)["ingress"][0]["from"]
        assert [peer["podSelector"] for peer in first if "podSelector" in peer] == [
            {"matchLabels": {label: "yes"}}
        ]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_from_outside_one_reaches_the_gateway_alone(overlay):
    (ingress,) = of_kind(overlay, "Ingress")
    (rule,) = ingress["spec"]["rules"]
    (entry,) = ingress["spec"]["tls"]

    assert entry["hosts"] == [rule["host"]]
    backends = [path["backend"]["service"]["name"] for path in rule["http"]["paths"]]
    assert backends == ["gateway"]
    outside = "ingress-nginx"
    let_in = [
        found["metadata"]["name"]
        for found in of_kind(overlay, "NetworkPolicy")
        if outside in every_value(found["spec"].get("ingress"), "kubernetes.io/metadata.name")
    ]
    assert let_in == ["gateway"]
