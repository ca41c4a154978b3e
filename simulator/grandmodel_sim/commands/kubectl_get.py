"""`kubectl get`: one printer a resource, columns as the real server sends them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grandmodel_sim.clock import stamp, to_ms
from grandmodel_sim.cluster import NAMESPACE, NAMESPACES
from grandmodel_sim.cluster.objects import Deployment, Node, Pod, Service
from grandmodel_sim.commands.context import Chunks
from grandmodel_sim.commands.flags import Flag, Parsed
from grandmodel_sim.commands.tables import age, table
from grandmodel_sim.world import World

GET_FLAGS = (
    Flag("output", "o", True),
    Flag("all-namespaces", "A"),
    Flag("selector", "l", True),
    Flag("no-headers"),
    Flag("show-labels"),
)

OUTPUTS = ("json", "name", "wide")


@dataclass(slots=True)
class Kubectl:
    """What the verbs share: the world and the chosen namespace."""

    world: World
    namespace: str

    @property
    def now(self) -> int:
        """The present virtual time in milliseconds."""
        return to_ms(self.world.now)


@dataclass(frozen=True, slots=True)
class Row:
    """One object as `get` shows it: name, namespace (empty if it has none), labels, its cells, and its JSON form."""

    name: str
    namespace: str
    labels: dict[str, str]
    cells: list[str]
    wide: list[str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object: names it answers to, columns, and how to list it."""

    plural: str
    names: tuple[str, ...]
    prefix: str
    api_version: str
    kind: str
    namespaced: bool
    columns: tuple[str, ...]
    wide: tuple[str, ...]
    rows: Callable[[Kubectl], list[Row]]


def _ms_to_age(kubectl: Kubectl, since_ms: int) -> str:
    return age(kubectl.now - since_ms)


def _meta(name: str, created_ms: int, labels: dict[str, str], namespace: str = NAMESPACE) -> dict[str, Any]:
    whole_second = created_ms // 1000 * 1000
    meta: dict[str, Any] = {"name": name, "creationTimestamp": stamp(whole_second), "labels": labels}
    return {**meta, "namespace": namespace} if namespace else meta


def _pods(kubectl: Kubectl) -> list[Row]:
    return [_pod(kubectl, pod) for _, pod in sorted(kubectl.world.cluster.pods.items())]


def _pod(kubectl: Kubectl, pod: Pod) -> Row:
    now = kubectl.now
    deployment = kubectl.world.cluster.deployments[pod.deployment]
    labels = {"app": pod.deployment, "pod-template-hash": deployment.template_hash}
    ready, status = pod.is_ready(now), pod.status(now)
    restarts = str(pod.restarts)
    if pod.restarts and pod.restarted_ms is not None:
        restarts += f" ({_ms_to_age(kubectl, pod.restarted_ms)} ago)"
    body = {
        "metadata": _meta(pod.name, pod.created_ms, labels),
        "spec": {"nodeName": pod.node, "containers": [{"name": pod.deployment, "image": deployment.image}]},
        "status": {
            "phase": "Running" if ready else "Pending",
            "podIP": pod.ip,
            "containerStatuses": [
                {"name": pod.deployment, "image": deployment.image, "ready": ready, "restartCount": pod.restarts}
            ],
        },
    }
    cells = [pod.name, f"{int(ready)}/1", status, restarts, _ms_to_age(kubectl, pod.created_ms)]
    wide = [pod.ip if ready else "<none>", pod.node, "<none>", "<none>"]
    return Row(pod.name, NAMESPACE, labels, cells, wide, body)


def _deployments(kubectl: Kubectl) -> list[Row]:
    return [_deployment(kubectl, item) for _, item in sorted(kubectl.world.cluster.deployments.items())]


def _deployment(kubectl: Kubectl, item: Deployment) -> Row:
    pods = kubectl.world.cluster.pods_of(item.name)
    ready = sum(pod.is_ready(kubectl.now) for pod in pods)
    labels = {"app": item.name}
    body = {
        "metadata": _meta(item.name, item.created_ms, labels),
        "spec": {
            "replicas": item.replicas,
            "selector": {"matchLabels": labels},
            "template": {"spec": {"containers": [{"name": item.name, "image": item.image}]}},
        },
        "status": {
            "replicas": len(pods),
            "readyReplicas": ready,
            "updatedReplicas": len(pods),
            "availableReplicas": ready,
        },
    }
    cells = [item.name, f"{ready}/{item.replicas}", str(len(pods)), str(ready), _ms_to_age(kubectl, item.created_ms)]
    return Row(item.name, NAMESPACE, labels, cells, [item.name, item.image, item.selector], body)


def _services(kubectl: Kubectl) -> list[Row]:
    return [_service(kubectl, item) for _, item in sorted(kubectl.world.cluster.services.items())]


def _service(kubectl: Kubectl, item: Service) -> Row:
    labels = {"app": item.name}
    port = int(item.ports.split(":")[0].split("/")[0])
    body = {
        "metadata": _meta(item.name, item.created_ms, labels),
        "spec": {
            "type": item.type,
            "clusterIP": item.cluster_ip,
            "selector": labels,
            "ports": [{"port": port, "protocol": "TCP"}],
        },
    }
    cells = [item.name, item.type, item.cluster_ip, item.external_ip, item.ports, _ms_to_age(kubectl, item.created_ms)]
    return Row(item.name, NAMESPACE, labels, cells, [item.selector], body)


def _nodes(kubectl: Kubectl) -> list[Row]:
    return [_node(kubectl, item) for item in kubectl.world.cluster.nodes]


def _node(kubectl: Kubectl, item: Node) -> Row:
    labels = {"kubernetes.io/hostname": item.name}
    body = {
        "metadata": _meta(item.name, item.created_ms, labels, namespace=""),
        "status": {"conditions": [{"type": "Ready", "status": "True"}], "nodeInfo": {"kubeletVersion": item.version}},
    }
    cells = [item.name, "Ready", item.roles, _ms_to_age(kubectl, item.created_ms), item.version]
    wide = [item.internal_ip, "<none>", "Debian GNU/Linux 12 (bookworm)", "6.1.0-28-amd64", "containerd://1.7.24"]
    return Row(item.name, "", labels, cells, wide, body)


def _namespaces(kubectl: Kubectl) -> list[Row]:
    created = kubectl.world.cluster.nodes[0].created_ms
    rows = []
    for name in NAMESPACES:
        labels = {"kubernetes.io/metadata.name": name}
        body = {"metadata": _meta(name, created, labels, namespace=""), "status": {"phase": "Active"}}
        rows.append(Row(name, "", labels, [name, "Active", _ms_to_age(kubectl, created)], [], body))
    return rows


RESOURCES = (
    Resource(
        "pods", ("pods", "pod", "po"), "pod", "v1", "Pod", True,
        ("NAME", "READY", "STATUS", "RESTARTS", "AGE"), ("IP", "NODE", "NOMINATED NODE", "READINESS GATES"), _pods,
    ),
    Resource(
        "services", ("services", "service", "svc"), "service", "v1", "Service", True,
        ("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"), ("SELECTOR",), _services,
    ),
    Resource(
        "deployments.apps", ("deployments", "deployment", "deploy", "deployments.apps", "deployment.apps"),
        "deployment.apps", "apps/v1", "Deployment", True,
        ("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"), ("CONTAINERS", "IMAGES", "SELECTOR"), _deployments,
    ),
    Resource(
        "nodes", ("nodes", "node", "no"), "node", "v1", "Node", False,
        ("NAME", "STATUS", "ROLES", "AGE", "VERSION"),
        ("INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"), _nodes,
    ),
    Resource(
        "namespaces", ("namespaces", "namespace", "ns"), "namespace", "v1", "Namespace", False,
        ("NAME", "STATUS", "AGE"), (), _namespaces,
    ),
)  # fmt: skip

ALL = ("pods", "services", "deployments.apps")

NOTHING_ASKED = """You must specify the type of resource to get. \
Use "kubectl api-resources" for a complete list of supported resources.

error: Required resource not specified.
Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).
See 'kubectl get -h' for help and examples
"""


def find(name: str) -> Resource | None:
    """The resource that answers to `name` (plural, singular or short), if there is one."""
    return next((resource for resource in RESOURCES if name.lower() in resource.names), None)


def get(kubectl: Kubectl, parsed: Parsed) -> Chunks:
    """`kubectl get TYPE [NAME…]`, `TYPE/NAME…`, `TYPE,TYPE` or `all`."""
    output = parsed.flags.get("output", "")
    if output not in ("", *OUTPUTS):
        yield "stderr", f'error: the simulated kubectl has no output format "{output}"; it has {", ".join(OUTPUTS)}\n'
        return 1
    if not parsed.words:
        yield "stderr", NOTHING_ASKED
        return 1

    wanted: list[tuple[Resource, list[str]]] = []
    if "/" in parsed.words[0]:
        pairs = [word.split("/", 1) for word in parsed.words]
    else:
        kinds = ALL if parsed.words[0] == "all" else parsed.words[0].split(",")
        pairs = [[kind, ""] for kind in kinds]
    for pair in pairs:
        resource = find(pair[0])
        if resource is None:
            yield "stderr", f'error: the server doesn\'t have a resource type "{pair[0]}"\n'
            return 1
        names = [pair[1]] if len(pair) == 2 and pair[1] else parsed.words[1:] if "/" not in parsed.words[0] else []
        wanted.append((resource, names))

    code, shown = 0, []
    for resource, names in wanted:
        rows = _select(kubectl, resource, parsed)
        if names:
            by_name = {row.name: row for row in rows}
            for name in names:
                if name not in by_name:
                    yield "stderr", f'Error from server (NotFound): {resource.plural} "{name}" not found\n'
                    code = 1
            rows = [by_name[name] for name in names if name in by_name]
        if rows:
            shown.append((resource, rows))
    if shown:
        yield (
            "stdout",
            _print(shown, parsed, output, several=len(wanted) > 1, one=len(wanted) == 1 and len(wanted[0][1]) == 1),
        )
    elif not code:
        everywhere = parsed.on("all-namespaces") or not wanted[0][0].namespaced
        yield (
            "stderr",
            "No resources found\n" if everywhere else f"No resources found in {kubectl.namespace} namespace.\n",
        )
    return code


def _select(kubectl: Kubectl, resource: Resource, parsed: Parsed) -> list[Row]:
    rows = resource.rows(kubectl)
    if resource.namespaced and not parsed.on("all-namespaces"):
        rows = [row for row in rows if row.namespace == kubectl.namespace]
    for part in filter(None, parsed.flags.get("selector", "").split(",")):
        key, unequal, value = part.partition("!=")
        if not unequal:
            key, _, value = part.replace("==", "=").partition("=")
        rows = [row for row in rows if (row.labels.get(key) == value) != bool(unequal)]
    return rows


def _print(shown: Sequence[tuple[Resource, list[Row]]], parsed: Parsed, output: str, several: bool, one: bool) -> str:
    if output == "name":
        return "".join(f"{resource.prefix}/{row.name}\n" for resource, rows in shown for row in rows)
    if output == "json":
        items = [{"apiVersion": r.api_version, "kind": r.kind, **row.body} for r, rows in shown for row in rows]
        whole = (
            items[0]
            if one
            else {"apiVersion": "v1", "kind": "List", "items": items, "metadata": {"resourceVersion": ""}}
        )
        return json.dumps(whole, indent=4) + "\n"
    blocks = []
    for resource, rows in shown:
        header = [*resource.columns, *(resource.wide if output == "wide" else ())]
        lines = []
        for row in rows:
            first = f"{resource.prefix}/{row.name}" if several else row.name
            lines.append([first, *row.cells[1:], *(row.wide if output == "wide" else ())])
        if parsed.on("show-labels"):
            header.append("LABELS")
            for line, row in zip(lines, rows, strict=True):
                line.append(",".join(f"{key}={value}" for key, value in row.labels.items()))
        if parsed.on("all-namespaces") and resource.namespaced:
            header.insert(0, "NAMESPACE")
            for line, row in zip(lines, rows, strict=True):
                line.insert(0, row.namespace)
        blocks.append(table(lines if parsed.on("no-headers") else [header, *lines]))
    return "\n".join(blocks)
